"""Everything that differs between databases, one package each; here is what they share."""
