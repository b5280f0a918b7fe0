"""Writing into Label Studio: recorded before it is tried, and again when it is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from routing.ledger import Ledger
from routing.ledger.records import Write

CHUNK = 100
"""Small writes that are recorded together."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Step:
    """Writes that go together, and the call that does them; calling it again must do no harm."""

    writes: Sequence[Write]
    call: Callable[[], object]


def write(
    key: str,
    kind: str,
    target: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Write:
    """Describe one write that is about to be tried; for the arguments see `Write`."""
    return Write(key, kind, target, before, after, planned_at=datetime.now(UTC))


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


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Cut a sequence into parts of `CHUNK` items."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
