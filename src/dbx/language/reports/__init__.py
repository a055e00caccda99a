"""What is told of an expression instead of running it."""
