"""What an expression can come to, and the families of types that its values have."""
