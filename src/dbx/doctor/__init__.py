"""What keeps dbx from working: the installation, the way to a server, and what may be done there."""
