"""The menu of completions made at once. prompt_toolkit makes it a moment later, and a Tab in that moment would be lost;
nothing here waits, for all is answered from what is known."""

from __future__ import annotations

from prompt_toolkit.buffer import Buffer, CompletionState
from prompt_toolkit.completion import CompleteEvent, Completion, get_common_complete_suffix


def show(buffer: Buffer, event: CompleteEvent) -> list[Completion]:
    """Open a menu of what fits now in the place of the one that is there, and return what is in it."""
    found = list(buffer.completer.get_completions(buffer.document, event))
    buffer.complete_state = CompletionState(buffer.document, found) if found else None
    buffer.on_completions_changed.fire()
    return found


def complete(buffer: Buffer) -> None:
    """What Tab does where no menu is open: put in what all candidates go on with, or the only one; else show them."""
    found = show(buffer, CompleteEvent(completion_requested=True))
    common = get_common_complete_suffix(buffer.document, found)
    if common:
        buffer.insert_text(common)
    elif len(found) == 1:
        buffer.go_to_completion(0)
