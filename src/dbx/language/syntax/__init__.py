"""The user's text: read within budgets, checked against the grammar, with a way back to its characters."""
