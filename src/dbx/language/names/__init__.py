"""What a name means: a table, a loop variable, a name of the session."""
