"""One SELECT under construction: its frame, its keys, its order, and how it is assembled."""
