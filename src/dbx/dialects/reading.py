"""What only reads, on a server: the data of dbx.sql.readonly, with what is the same everywhere as its defaults."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NEVER = re.compile(r"(?!)")
_WORDS = frozenset(
    {"SELECT", "WITH", "VALUES", "TABLE", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"}
    | {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}
)


@dataclass(frozen=True, slots=True)
class Reading:
    """`words` begin statements that may only read. A SET, BEGIN or PRAGMA is refused where `settings` finds something
    in it, or `harmless` is not all of it; `effects` are functions that do more than to compute, but for the calls that
    `exempt` fits."""

    words: frozenset[str] = _WORDS
    settings: re.Pattern[str] = re.compile(r"read_only|read\s+write", re.IGNORECASE)
    harmless: re.Pattern[str] = re.compile(r".*", re.DOTALL)
    effects: re.Pattern[str] = _NEVER
    exempt: re.Pattern[str] = _NEVER

    def also(self, *words: str) -> frozenset[str]:
        return self.words | set(words)


BASE = Reading()
POSTGRESQL = Reading(
    words=BASE.also("DECLARE", "FETCH", "MOVE", "CLOSE", "PREPARE", "EXECUTE", "DEALLOCATE", "LISTEN", "UNLISTEN")
    | {"SET", "RESET", "COPY"},
    settings=re.compile(r"read_only|read\s+write|\bU&|^\s*reset\s+all\b", re.IGNORECASE),
    effects=re.compile(
        r"\b(set_config|lo_(?!get\b)\w+|lowrite|pg_file_\w+|dblink\w*"
        r"|pg_(?:terminate|cancel)_backend|pg_reload_conf|pg_rotate_logfile|pg_switch_wal|pg_promote|pg_log_backend\w+"
        r"|pg_(?:create|drop|advance|copy)_\w+|pg_logical_\w+|pg_replication_\w+|pg_stat_reset\w*)\s*\(",
        re.IGNORECASE,
    ),
    # to set the search path, as the head of every dump does, is no more than SET may
    exempt=re.compile(r"set_config\s*\(\s*'(?!\w*read_only)[a-z_.]+'\s*,", re.IGNORECASE),
)
MYSQL = Reading(
    words=BASE.also("SET", "USE", "HELP", "CHECKSUM"),
    settings=re.compile(
        r"read_only|read\s+write|\bnot\s+atomic\b|\bglobal\b|\bpersist(?:_only)?\b|\bpassword\b|^\s*set\s+statement\b"
        r"|\bsql_log_bin\b|\bdefault\s+role\b",
        re.IGNORECASE,
    ),
    effects=re.compile(r"\b(sys_exec|sys_eval|sys_set)\s*\(", re.IGNORECASE),
)
SQLITE = Reading(
    words=BASE.also("PRAGMA"),
    harmless=re.compile(
        r"(?:begin|end)\b.*|\s*pragma\s+(?:\w+\s*\.\s*)?(?:\w+|(?:table_x?info|table_list|index_x?info|index_list"
        r"|foreign_key_list|foreign_key_check|integrity_check|quick_check)\s*[(=][^()=]*\)?"
        r"|(?:busy_timeout|cache_size|case_sensitive_like|temp_store)\s*[(=]\s*[-\w]+\s*\)?)[\s;]*",
        re.IGNORECASE | re.DOTALL,
    ),
    effects=re.compile(r"\b(load_extension|writefile|edit|fts3_tokenizer)\s*\(", re.IGNORECASE),
)
