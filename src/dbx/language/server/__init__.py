"""How each server says what differs from server to server."""
