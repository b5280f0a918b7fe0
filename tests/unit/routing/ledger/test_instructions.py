"""The instruction has a new version whenever people are told something else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from routing.ledger.instructions import Instruction, instructions, note_instruction
from tests.support.memory_project import new_memory_loop
from tests.unit.routing.conftest import NewLedger

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def test_only_what_differs_from_the_last_is_a_version(new_ledger: NewLedger) -> None:
    ledger, other = new_ledger(), new_ledger()
    for text in ("", "Read twice.", "Read twice.", ""):
        note_instruction(ledger, text, NOON)
    note_instruction(ledger, "", LATER)
    assert instructions(ledger) == [
        Instruction(1, "", NOON),
        Instruction(2, "Read twice.", NOON),
        Instruction(3, "", NOON),
    ]
    assert instructions(other) == []


def test_a_pass_notes_what_people_are_told_but_not_what_tandem_tells_them(tmp_path: Path) -> None:
    loop = new_memory_loop(tmp_path, 20, "ada@example.org")
    loop.sync(dry_run=True)
    assert instructions(loop.ledger) == []
    loop.sync()
    loop.sync()
    loop.studio.update_project(expert_instruction="<p>Irony counts as negative.</p>")
    loop.sync()
    loop.sync()
    assert [one.text for one in instructions(loop.ledger)] == [
        "",
        "<p>Irony counts as negative.</p>",
    ]
