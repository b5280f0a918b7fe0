"""Writing into Label Studio: recorded before it is tried, and again when it is done."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from routing.ledger import Ledger
from routing.ledger.records import Write


def write(
    key: str,
    kind: str,
    target: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> Write:
    """Describe one write that is about to be tried; for the arguments see `Write`."""
    return Write(key, kind, target, before, after, planned_at=datetime.now(UTC))


def carry_out(ledger: Ledger, writes: Sequence[Write], call: Callable[[], object]) -> None:
    """Do what the writes describe. A kill in between leaves them pending, to be looked into.

    Args:
        ledger: Where they are recorded.
        writes: What `call` does; nothing is called where there are none.
        call: Does all of them; calling it again must do no harm.
    """
    if not writes:
        return
    ledger.plan(writes)
    call()
    ledger.applied(one.key for one in writes)
