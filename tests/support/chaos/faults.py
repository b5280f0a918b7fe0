"""Faults that befall passes, drawn by a seed: which one, and at which visit of its point."""

import random
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Point: TypeAlias = Literal[
    "request to Label Studio",
    "request to the backend",
    "request sent",
    "request answered",
    "clock read",
    "ledger reads",
    "ledger begins to write",
    "ledger writes",
    "ledger commits",
    "ledger has committed",
]
"""Where a pass can be hit: at the proxies, in the controller's HTTP client, clock and ledger."""

OF_THE_NETWORK: Mapping[str, int] = {
    "connection refused": 2,
    "reset before the request": 2,
    "reset after the write": 3,
    "cut while under way": 3,
    "reset in mid-answer": 2,
    "down in mid-answer": 1,
    "half an answer": 1,
    "truncated JSON": 1,
    "slow answer": 1,
    "no answer in time": 1,
    "status 429": 1,
    "status 500": 1,
    "status 502": 1,
    "status 503": 1,
    "status 504": 1,
    "garbage": 1,
    "HTML": 1,
}
"""What can befall a request, and how often it does beside the others."""

WEIGHTS: Mapping[Point, Mapping[str, int]] = {
    "request to Label Studio": {**OF_THE_NETWORK, "clock an hour ahead": 2},
    "request to the backend": OF_THE_NETWORK,
    "request sent": {"death": 1},
    "request answered": {"death": 1},
    "clock read": {"jumps a year ahead": 1, "jumps a year back": 1},
    "ledger reads": {"disk fails": 1, "page is damaged": 1},
    "ledger begins to write": {"database is locked": 1},
    "ledger writes": {"disk is full": 2, "death": 1},
    "ledger commits": {"commit fails": 2, "death": 1},
    "ledger has committed": {"commit fails after it took place": 2, "death": 1},
}
"""What can happen at each point."""

POINTS: Mapping[Point, int] = {
    "request to Label Studio": 10,
    "request to the backend": 3,
    "request sent": 1,
    "request answered": 1,
    "clock read": 1,
    "ledger reads": 1,
    "ledger begins to write": 1,
    "ledger writes": 2,
    "ledger commits": 2,
    "ledger has committed": 3,
}
"""How often a fault is drawn for each point, beside the others."""

FIRST_REACH, FURTHER = 10.0, 1.5
"""A fault strikes among so many first visits of its point; among more once it struck there."""


class Death(BaseException):
    """The end of the process in mid-pass: nothing catches it, and nothing is done after it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What strikes next.

    Attributes:
        visit: At which visit of the point, from 1.
    """

    point: Point
    kind: str
    visit: int


class Faults:
    """Draws faults while it is told to, one after the other, and counts those that struck.

    Args:
        seed: The same faults are drawn from the same seed, visit by visit.

    Attributes:
        struck: Faults by point and kind.
    """

    def __init__(self, seed: int) -> None:
        self.struck: Counter[tuple[str, str]] = Counter()
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._next: Fault | None = None
        self._visits = 0
        self._reach = dict.fromkeys(POINTS, FIRST_REACH)
        self._is_dead = False

    def begin(self) -> None:
        """Begin a pass that faults befall."""
        with self._lock:
            self._is_dead = False
            self._draw()

    def end(self) -> None:
        """Let nothing happen until the next pass begins."""
        with self._lock:
            if self._next is not None:
                # The pass does not come that far.
                self._reach[self._next.point] = max(1.0, self._visits)
            self._is_dead, self._next = False, None

    def visit(self, point: Point) -> str | None:
        """Come to a point of a pass.

        Args:
            point: The point.

        Returns:
            The fault that strikes there; None: none.

        Raises:
            Death: The process ends here, or has ended before.
        """
        if not point.startswith("request to "):
            self.insist_alive()
        with self._lock:
            fault = self._next
            if fault is None or fault.point != point:
                return None
            self._visits += 1
            if self._visits < fault.visit:
                return None
            self.struck[point, fault.kind] += 1
            self._reach[point] *= FURTHER
            if fault.kind == "death":
                self._is_dead, self._next = True, None
                raise Death
            self._draw()
            return fault.kind

    def insist_alive(self) -> None:
        """Let nothing be done by a process that has ended.

        Raises:
            Death: It has.
        """
        if self._is_dead:
            raise Death

    def _draw(self) -> None:
        [point] = self._random.choices(list(POINTS), list(POINTS.values()))
        kinds = WEIGHTS[point]
        [kind] = self._random.choices(list(kinds), list(kinds.values()))
        self._next = Fault(point, kind, self._random.randint(1, int(self._reach[point])))
        self._visits = 0
