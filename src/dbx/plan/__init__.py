"""Plans: asked of the server, looked at with the schema beside them, and drawn."""
