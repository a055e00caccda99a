"""What the operators of Python mean: arithmetic, comparison, truth, membership, and the values they join."""
