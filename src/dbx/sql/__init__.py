"""SQL text: what it is, where its statements end, its parameters; and running many as one."""
