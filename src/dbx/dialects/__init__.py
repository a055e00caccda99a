"""Everything that differs between databases, one file each."""
