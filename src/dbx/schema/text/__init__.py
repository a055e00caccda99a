"""How each dialect writes names, strings and statements, and how that is read back."""
