"""What users of other database shells complain about, and where it is seen that it does not happen here.

Each complaint has the tests that show it, as file::test below tests/, or a line that says why it cannot apply; some
have both. The numbers are those of the survey of shells, which names the threads.
"""

import ast
from pathlib import Path
from typing import NamedTuple

import pytest

TESTS = Path(__file__).parent


class Complaint(NamedTuple):
    said: str
    shown_by: tuple[str, ...] = ()
    but: str = ""


COMPLAINTS = {
    # --- starting, and memory
    1: Complaint(
        "a long start, and completion set up for -e as well",
        (
            "test_architecture.py::test_a_query_on_sqlite_loads_no_sqlalchemy",
            "test_architecture.py::test_help_loads_nothing_heavy",
        ),
    ),
    2: Complaint(
        "the start hangs on import keyring",
        ("unit/test_credentials.py::test_the_keyring_is_asked_only_where_it_is_named",),
    ),
    3: Complaint(
        "a minute to start: one query per table",
        ("live/test_schema_postgresql_sessions.py::test_the_number_of_statements_does_not_grow",),
    ),
    4: Complaint(
        "two million rows, six gigabytes", ("live/test_streaming.py::test_memory_does_not_grow_with_the_rows",)
    ),
    5: Complaint(
        "a huge result ends the program and ruins the terminal",
        (
            "live/test_streaming.py::test_memory_does_not_grow_with_the_rows",
            "terminal/test_shell_results.py::test_a_cut_result_is_gone_on_with_and_nothing_runs_twice",
        ),
    ),
    6: Complaint(
        "drawing takes longer than the query",
        ("live/test_streaming.py::test_first_rows_come_before_the_last_is_made",),
        "how long it takes is measured in tests/bench",
    ),
    7: Complaint(
        "asked whether to continue after 1000 rows, one loses the query",
        ("terminal/test_shell_results.py::test_a_cut_result_is_gone_on_with_and_nothing_runs_twice",),
    ),
    8: Complaint(
        "everything is fetched although 1000 rows are shown",
        ("live/test_streaming.py::test_the_server_is_not_far_ahead_of_the_reader",),
    ),
    # --- completion
    9: Complaint(
        "minutes to load the metadata; keep it on disk",
        ("unit/shell/test_background.py::test_what_was_kept_is_there_before_the_connection_is_free",),
    ),
    10: Complaint(
        "lag and noise with hundreds of tables",
        (
            "unit/shell/test_matching.py::test_no_more_than_the_limit",
            "unit/shell/test_complete_sql.py::test_what_is_offered_first",
        ),
    ),
    11: Complaint(
        "tables made elsewhere never show up",
        ("terminal/test_live_sql.py::test_a_table_made_elsewhere_or_here_is_known_to_it",),
    ),
    12: Complaint(
        "other schemas are not completed", ("unit/shell/test_complete_sql.py::test_schemas_have_tables_of_their_own",)
    ),
    13: Complaint(
        "connecting or reading the catalogue blocks the input",
        ("unit/shell/test_background.py::test_the_user_does_not_wait_for_it",),
    ),
    14: Complaint(
        "TAB broke without a word for a whole line of releases",
        ("terminal/test_completions.py::test_tab_completes_and_connects_to_nothing",),
    ),
    15: Complaint(
        "values of foreign keys are not completed", ("unit/shell/test_complete_sql.py::test_what_is_offered_first",)
    ),
    16: Complaint(
        "reflection asks for each table",
        ("live/test_schema_postgresql_sessions.py::test_the_number_of_statements_does_not_grow",),
    ),
    17: Complaint(
        "\\d of one table takes a minute", ("live/test_schema_postgresql.py::test_a_table_by_name_reads_no_other",)
    ),
    # --- Ctrl-C and connections
    18: Complaint(
        "after Ctrl-C twice 'another command is already in progress' for ever",
        ("terminal/test_cancel.py::test_a_frozen_connection_is_given_up",),
    ),
    19: Complaint(
        "Ctrl-C says cancelled, and the query runs on",
        ("terminal/test_cancel.py::test_a_cancelled_query_costs_nothing_but_itself",),
    ),
    20: Complaint(
        "Ctrl-C ends the shell",
        (
            "terminal/test_cancel.py::test_cancelling_again_and_again",
            "terminal/test_shell_safety.py::test_ctrl_c_at_the_prompt_clears_the_line",
        ),
    ),
    21: Complaint(
        "one cannot leave when the server is gone",
        ("terminal/test_shell_safety.py::test_one_can_leave_when_the_server_is_gone",),
    ),
    22: Complaint(
        "a dead connection after sleep or VPN takes three steps by hand",
        ("terminal/test_shell_safety.py::test_a_reconnect_says_what_is_gone_and_runs_nothing_again",),
    ),
    23: Complaint(
        "after a failed reconnect (0, '') for ever",
        ("terminal/test_cancel.py::test_a_killed_connection_takes_its_transaction_along",),
    ),
    24: Complaint(
        "a second connection in the background breaks poolers and one-time passwords",
        (
            "terminal/test_shell_safety.py::test_the_shell_has_one_connection",
            "unit/shell/test_reading_apart.py::test_what_no_process_can_read_is_read_over_the_connection",
            "unit/shell/test_reading_apart.py::test_nobody_signs_in_twice_with_what_may_be_good_for_once",
        ),
        "the schema is read over the shell's own, from 500 tables on over another, where there may be one and only as "
        "long as it reads; the first expression opens a second one, on which SQLAlchemy learns "
        "the dialect, in front of the user and not behind",
    ),
    # --- credentials
    25: Complaint(
        "the keyring stores passwords unasked, and uses old ones",
        ("unit/test_credentials.py::test_the_keyring_is_asked_only_where_it_is_named",),
        "dbx never writes into it",
    ),
    26: Complaint("service= is not honoured", ("faults/test_canary.py::test_no_way_of_connecting_leaves_a_trace",)),
    27: Complaint(
        "special characters in a URL's password",
        (
            "unit/test_target.py::test_any_url_does",
            "unit/test_target.py::test_a_bad_url_is_refused_without_its_secrets",
        ),
    ),
    28: Complaint(
        "TLS is set differently, and cannot be set in the URL",
        ("unit/test_target.py::test_pymysql_gets_what_sqlalchemy_would_give_it",),
    ),
    29: Complaint(
        "passwords in arguments and history",
        (
            "faults/test_canary.py::test_typed_statements_that_set_a_password_are_not_kept",
            "faults/test_canary.py::test_the_command_line_is_warned_about_once",
        ),
    ),
    # --- output
    30: Complaint(
        "values are cut without a word, in files too",
        ("terminal/test_shell_results.py::test_results_go_into_files_whole_and_to_programs",),
    ),
    31: Complaint(
        "no wrapping, no limit for a column's width",
        ("terminal/test_shell_results.py::test_wide_rows_are_vertical_wrapped_or_cut_as_is_set",),
    ),
    32: Complaint(
        "UnicodeEncodeError in the pager on Windows",
        but="what is shown are bytes of UTF-8 that dbx writes itself; no text layer with a code page is in between",
    ),
    33: Complaint(
        "PAGER with arguments breaks",
        ("terminal/test_shell_results.py::test_the_pager_has_its_arguments_and_may_be_left",),
    ),
    # --- input
    34: Complaint(
        "typing lags at the end of long statements",
        (
            "unit/shell/test_highlight.py::test_only_the_lines_around_those_that_are_seen_are_read_and_only_once",
            "unit/shell/test_highlight.py::test_a_very_long_line_is_not_read_at_all",
        ),
    ),
    35: Complaint(
        "pasting is slow, and indents",
        (
            "terminal/test_editing.py::test_a_megabyte_is_pasted_typed_behind_and_run",
            "terminal/test_editing.py::test_a_paste_is_put_in_as_it_is_and_runs_nothing",
        ),
    ),
    36: Complaint(
        "searching the history with statements of several lines; vi",
        (
            "terminal/test_editing.py::test_history_is_by_statement_over_shells_and_searched_as_a_whole",
            "terminal/test_editing.py::test_vi",
        ),
    ),
    37: Complaint(
        ":cq in the editor runs the query all the same",
        (
            "unit/shell/test_editor.py::test_an_editor_that_ends_with_an_error_gives_nothing",
            "terminal/test_editing.py::test_the_editor_gets_what_is_typed_and_enter_runs_what_it_leaves",
        ),
    ),
    38: Complaint(
        "COPY FROM STDIN freezes the program",
        (
            "terminal/test_pasted_copy.py::test_a_pasted_copy_runs_with_its_rows",
            "live/test_streaming.py::test_copy_without_rows_is_refused",
        ),
    ),
    # --- transactions, safety, batch
    39: Complaint(
        "no savepoint for each statement, no undo",
        ("terminal/test_tx_screen.py::test_steps_are_seen_undone_and_committed",),
    ),
    40: Complaint(
        "the transaction is not in the prompt, and leaving does not ask",
        (
            "unit/shell/test_prompt.py::test_the_age_of_a_transaction_counts_from_its_begin",
            "terminal/test_shell_safety.py::test_leaving_commits_when_that_is_the_answer",
            "terminal/test_shell.py::test_what_was_not_committed_is_gone",
        ),
    ),
    41: Complaint(
        "no connection that only reads, no confirmation of writes",
        (
            "live/test_read_only.py::test_the_statement_is_refused_before_it_is_sent",
            "live/test_read_only.py::test_the_server_refuses_what_gets_past_that",
            "terminal/test_shell_safety.py::test_every_row_is_asked_about_and_in_a_transaction_it_is_not",
            "live/test_promises.py::test_in_production_nothing_stays_that_nobody_has_confirmed",
        ),
    ),
    42: Complaint("exit 0 after a failure; no batch", ("faults/test_run_codes.py::test_1_a_statement_failed",)),
    43: Complaint(
        "a SAVEPOINT is lost between the statements of a batch",
        ("live/test_transactions.py::test_a_script_with_its_own_transactions_keeps_them",),
    ),
    44: Complaint(
        "no parity with dot-commands, start-up commands, extensions",
        ("terminal/test_shell_safety.py::test_the_prompt_says_where_one_is_and_read_only_holds",),
        "start-up statements are in the profile; sqlite3's dot-commands are a language of their own, whose scripts dbx "
        "names and refuses; extensions load native code, which dbx does not",
    ),
    45: Complaint(
        "no way to follow a foreign key from a result",
        ("terminal/test_shell_results.py::test_a_row_is_followed_to_the_one_it_refers_to",),
    ),
    46: Complaint(
        "people build shells by hand to reach their tables from Python",
        (
            "terminal/test_session_screen.py::test_objects_in_the_shell",
            "unit/unit/test_unit_language.py::test_what_changes_is_shown_planned_flushed_and_given_back",
            "unit/unit/test_unit_package.py::test_its_own_names_are_used",
            "unit/shell/test_preview.py::test_it_is_the_sql_that_will_run",
        ),
        "dbx session is that shell: engine, Session and mapped classes are there, made from the database or imported "
        "from the package that --models names",
    ),
}


def test_every_complaint_is_answered() -> None:
    assert sorted(COMPLAINTS) == list(range(1, 47))
    assert [number for number, each in COMPLAINTS.items() if not (each.shown_by or each.but)] == []


@pytest.mark.parametrize("place", sorted({place for each in COMPLAINTS.values() for place in each.shown_by}))
def test_what_shows_it_is_a_test(place: str) -> None:
    """It is there, it is run, and it asserts something or has a helper do so."""
    file, _, name = place.partition("::")
    assert Path(file).name.startswith("test_")
    found = [
        node
        for node in ast.parse((TESTS / file).read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    assert len(found) == 1, f"{place} is not there"
    marks = [ast.unparse(decorator) for decorator in found[0].decorator_list]
    assert not any("skip" in mark or "xfail" in mark for mark in marks), place
