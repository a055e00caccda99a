"""Two schemas compared: what has changed, in which words it is told, and what may have been renamed."""
