"""The last look at a strategy's gain over chance is remembered, of each project by itself."""

from dataclasses import replace

from routing.ledger.chance_looks import ChanceLook, last_chance_look, record_chance_look
from tests.unit.routing.conftest import NewLedger

LOOK = ChanceLook(3, "margin", gain=-0.0625, low=-0.25, high=0.125, draws=40, is_worse=False)


def test_the_last_look_is_read_as_it_was_recorded(new_ledger: NewLedger) -> None:
    ledger, other = new_ledger(), new_ledger()
    record_chance_look(ledger, LOOK)
    record_chance_look(ledger, replace(LOOK, round=2))
    assert last_chance_look(ledger) == LOOK
    assert last_chance_look(other) is None


def test_a_later_look_of_the_same_round_takes_its_place(new_ledger: NewLedger) -> None:
    ledger = new_ledger()
    record_chance_look(ledger, LOOK)
    record_chance_look(ledger, replace(LOOK, draws=60, is_worse=True))
    assert last_chance_look(ledger) == replace(LOOK, draws=60, is_worse=True)
