"""What a dialect is: data, and the few operations that differ. A dialect's file is the only place that tests for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a dialect's text is read: what quotes, what comments, what hides a semicolon."""

    dollar_quotes: bool = False  # $tag$ … $tag$
    nested_comments: bool = False  # /* /* */ */
    hash_comments: bool = False  # # to the end of the line
    dash_needs_space: bool = False  # -- begins a comment only before white space or the end
    executable_comments: bool = False  # /*! … */ is SQL
    backslash_escapes: bool = False  # in every '…' and "…"
    escape_strings: bool = False  # in E'…' only
    backticks: bool = False  # `name`
    brackets: bool = False  # [name]
    double_quoted_strings: bool = False  # "…" takes backslashes as '…' does
    delimiter_command: bool = False  # DELIMITER //
    atomic_bodies: bool = False  # CREATE FUNCTION … BEGIN ATOMIC … END
    trigger_bodies: bool = False  # CREATE TRIGGER … BEGIN … END
    copy_data: bool = False  # COPY … FROM stdin; lines; \.
