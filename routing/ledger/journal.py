"""The journal of writes into Label Studio: recorded before each is tried, and when it is done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from routing.ledger.ledger import Ledger
from routing.ledger.records import Write

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Step:
    """Writes that go together, and the call that does them; calling it again must do no harm."""

    writes: Sequence[Write]
    call: Callable[[], object]


def carry_out(ledger: Ledger, step: Step) -> None:
    """Do what the writes describe. A kill in between leaves them pending, to be looked into.

    Args:
        ledger: Where they are recorded.
        step: What is done; nothing is called where it has no writes.
    """
    if not step.writes:
        return
    ledger.plan(step.writes)
    step.call()
    ledger.applied(one.key for one in step.writes)


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Cut a sequence into parts.

    Args:
        items: The sequence.
        size: Items of a part; the last may have fewer.

    Yields:
        The parts, in order.
    """
    for start in range(0, len(items), size):
        yield items[start : start + size]
