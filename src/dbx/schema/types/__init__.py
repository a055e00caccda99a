"""Column types: what they mean, how each dialect writes them, and when two are one."""
