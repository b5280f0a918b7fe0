"""Who waits for the model, and who comes next: interactive callers before bulk ones."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Priority(StrEnum):
    """What a caller's requests are for."""

    INTERACTIVE = "interactive"
    """A person waits for them."""
    BULK = "bulk"
    """Many, for which nobody waits in front of a screen."""


BULK_SHARE = 0.25
"""The share of a micro-batch that is bulk work's while both kinds wait: never more, so that people
do not wait behind it, and never less, so that it goes on under any number of them."""


@dataclass(slots=True, eq=False)
class Caller(Generic[Item]):
    """One caller's items that wait, each with its size in tokens."""

    kind: Priority
    items: deque[tuple[Item, int]]


@dataclass(frozen=True, slots=True)
class Taken(Generic[Item]):
    """An item whose turn has come."""

    kind: Priority
    item: Item
    tokens: int


@dataclass(slots=True)
class _Lane(Generic[Item]):
    """The callers of one kind, who take turns."""

    callers: deque[Caller[Item]] = field(default_factory=deque)
    items: int = 0
    tokens: int = 0

    def take(self, tokens: float) -> list[Taken[Item]]:
        """Take an item of each caller in turn until the tokens are full."""
        taken: list[Taken[Item]] = []
        while self.callers and tokens > 0:
            caller = self.callers.popleft()
            item, size = caller.items.popleft()
            taken.append(Taken(caller.kind, item, size))
            self.items -= 1
            self.tokens -= size
            tokens -= size
            if caller.items:
                self.callers.append(caller)
        return taken


class Lanes(Generic[Item]):
    """One lane a kind. Not safe among threads: its owner holds a lock."""

    def __init__(self) -> None:
        self._lanes: dict[Priority, _Lane[Item]] = {kind: _Lane() for kind in Priority}

    def items(self, kind: Priority) -> int:
        """Count the items of a kind that wait."""
        return self._lanes[kind].items

    def tokens(self, *kinds: Priority) -> int:
        """Sum the tokens that wait of some kinds; of none given: of all."""
        return sum(self._lanes[kind].tokens for kind in kinds or Priority)

    def add(self, kind: Priority, items: Iterable[tuple[Item, int]]) -> Caller[Item]:
        """Let a caller wait with items, each with its size in tokens."""
        caller, lane = Caller(kind, deque(items)), self._lanes[kind]
        if caller.items:
            lane.callers.append(caller)
            lane.items += len(caller.items)
            lane.tokens += sum(size for _, size in caller.items)
        return caller

    def forget(self, caller: Caller[Item]) -> None:
        """Drop what still waits of a caller."""
        if caller.items:
            lane = self._lanes[caller.kind]
            lane.callers.remove(caller)
            lane.items -= len(caller.items)
            lane.tokens -= sum(size for _, size in caller.items)
            caller.items.clear()

    def take(self, budget: int) -> list[Taken[Item]]:
        """Take a micro-batch: items until the budget of tokens is full, interactive ones first."""
        interactive, bulk = self._lanes[Priority.INTERACTIVE], self._lanes[Priority.BULK]
        if not interactive.items:
            return bulk.take(budget)
        share = BULK_SHARE * budget if bulk.items else 0
        return interactive.take(budget - share) + bulk.take(share)
