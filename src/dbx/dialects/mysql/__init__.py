"""MySQL and MariaDB: all that differs there."""
