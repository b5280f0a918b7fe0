"""How the passes of a project go: the last one, failures in a row, age of the last success."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from routing.ledger.passes import PassRecord


@dataclass(frozen=True, slots=True)
class PassHealth:
    """What is watched of a project's passes.

    Attributes:
        passes: How many were made; older ones count, though they are no longer remembered.
        last_seconds: How long the last took that came to an end; None: none did.
        last_requests: How many requests that one made; None: it was not counted.
        last_error: Why that one failed, in a line; None: it did not.
        failures_in_a_row: How many failed since the last that did not.
        seconds_since_success: How long ago the last ended that did not fail; None: none is
            remembered.
        is_under_way: Whether a pass began that has not ended: it goes on, or was killed.
    """

    passes: int = 0
    last_seconds: float | None = None
    last_requests: int | None = None
    last_error: str | None = None
    failures_in_a_row: int = 0
    seconds_since_success: float | None = None
    is_under_way: bool = False


def pass_health(passes: Sequence[PassRecord], now: datetime) -> PassHealth:
    """Say how passes go.

    Args:
        passes: Those that are remembered, the latest first.
        now: What the time is.

    Returns:
        What is watched of them.
    """
    if not passes:
        return PassHealth()
    ended = [(one, one.ended_at) for one in passes if one.ended_at is not None]
    successes = (at for one, at in ended if one.error is None)
    succeeded_at = next(successes, None)
    last, last_ended_at = ended[0] if ended else (None, None)
    return PassHealth(
        passes=passes[0].number,
        last_seconds=(last_ended_at - last.began_at).total_seconds()
        if last and last_ended_at
        else None,
        last_requests=last.requests if last else None,
        last_error=last.error if last else None,
        failures_in_a_row=len(list(takewhile(lambda pair: pair[0].error is not None, ended))),
        seconds_since_success=(now - succeeded_at).total_seconds() if succeeded_at else None,
        is_under_way=passes[0].ended_at is None,
    )
