"""Known answers as a bank holds them, made by hand."""

from dataclasses import replace

from routing.ledger.control_tasks import ControlTask
from tests.support.observed_tasks import NOON


def known_answer(
    number: int, label: str, why: str | None = None, *, text: str = "Text"
) -> ControlTask:
    """A known answer to a text, from a file."""
    return ControlTask(
        number, f"digest {number}", (label,), why, "file", 1.0, {"text": text}, None, None, NOON
    )


def retire(one: ControlTask) -> ControlTask:
    """The same once enough people were asked it."""
    return replace(one, retired_at=NOON, retired_because="exposures")
