"""The interactive shell: the only package that imports prompt_toolkit."""
