"""What a database holds: a frozen model, and the readers that fill it."""
