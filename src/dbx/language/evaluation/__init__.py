"""From a tree to a value: the evaluator, and one function for each kind of node."""
