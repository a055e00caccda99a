"""What is known of MySQL and MariaDB without asking one."""

from __future__ import annotations

from dbx.dialects.traits import Traits

_MYSQL = Traits("MySQL", "mysql")
TRAITS = {"mysql": _MYSQL, "mariadb": _MYSQL._replace(title="MariaDB")}
