"""The reader of MySQL and MariaDB."""
