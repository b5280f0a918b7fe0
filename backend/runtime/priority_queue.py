"""What waits for the model, and what comes next: interactive requests before bulk ones.

>>> queue: PriorityQueue[str] = PriorityQueue()
>>> _ = queue.add(Priority.BULK, [("page 1", 40), ("page 2", 40)])
>>> _ = queue.add(Priority.INTERACTIVE, [("opened task", 10)])
>>> [taken.item for taken in queue.take(budget=40)]
['opened task', 'page 1']
>>> queue.tokens(Priority.BULK)
40
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Element = TypeVar("Element")


class Priority(StrEnum):
    """What a caller's requests are for."""

    INTERACTIVE = "interactive"
    """A person waits for them."""
    BULK = "bulk"
    """Many, for which nobody waits in front of a screen."""


BULK_SHARE = 0.25
"""The share of a micro-batch that is bulk work's while both priorities wait: never more, so that
people do not wait behind it, and never less, so that it goes on under any number of them."""


@dataclass(slots=True, eq=False)
class QueuedCaller(Generic[Element]):
    """What waits of one caller.

    Attributes:
        priority: What it is for.
        items: Its items that wait, each with its size in tokens.
    """

    priority: Priority
    items: deque[tuple[Element, int]]


@dataclass(frozen=True, slots=True)
class Dequeued(Generic[Element]):
    """An item that was taken out of the queue.

    Attributes:
        priority: What it is for.
        item: The item.
        tokens: Its size in tokens.
    """

    priority: Priority
    item: Element
    tokens: int


@dataclass(slots=True)
class _RoundRobin(Generic[Element]):
    """The callers of one priority, who take turns."""

    callers: deque[QueuedCaller[Element]] = field(default_factory=deque)
    items: int = 0
    tokens: int = 0

    def take(self, tokens: float) -> list[Dequeued[Element]]:
        """Take an item of each caller in turn until the tokens are full."""
        taken: list[Dequeued[Element]] = []
        while self.callers and tokens > 0:
            caller = self.callers.popleft()
            item, size = caller.items.popleft()
            taken.append(Dequeued(caller.priority, item, size))
            self.items -= 1
            self.tokens -= size
            tokens -= size
            if caller.items:
                self.callers.append(caller)
        return taken


class PriorityQueue(Generic[Element]):
    """Items of many callers, by priority. Not safe among threads: its owner holds a lock."""

    def __init__(self) -> None:
        self._by_priority: dict[Priority, _RoundRobin[Element]] = {
            priority: _RoundRobin() for priority in Priority
        }

    def items(self, priority: Priority) -> int:
        """Count the items of a priority that wait."""
        return self._by_priority[priority].items

    def tokens(self, *priorities: Priority) -> int:
        """Sum the tokens that wait of some priorities; of none given: of all."""
        return sum(self._by_priority[priority].tokens for priority in priorities or Priority)

    def add(
        self, priority: Priority, items: Iterable[tuple[Element, int]]
    ) -> QueuedCaller[Element]:
        """Let a caller wait with items.

        Args:
            priority: What they are for.
            items: The items, each with its size in tokens.

        Returns:
            The caller, by which `forget` knows it.
        """
        caller, callers = QueuedCaller(priority, deque(items)), self._by_priority[priority]
        if caller.items:
            callers.callers.append(caller)
            callers.items += len(caller.items)
            callers.tokens += sum(size for _, size in caller.items)
        return caller

    def forget(self, caller: QueuedCaller[Element]) -> None:
        """Drop what still waits of a caller."""
        if caller.items:
            callers = self._by_priority[caller.priority]
            callers.callers.remove(caller)
            callers.items -= len(caller.items)
            callers.tokens -= sum(size for _, size in caller.items)
            caller.items.clear()

    def take(self, budget: int) -> list[Dequeued[Element]]:
        """Take a micro-batch: items until the budget of tokens is full, interactive ones first."""
        interactive = self._by_priority[Priority.INTERACTIVE]
        bulk = self._by_priority[Priority.BULK]
        if not interactive.items:
            return bulk.take(budget)
        share = BULK_SHARE * budget if bulk.items else 0
        return interactive.take(budget - share) + bulk.take(share)
