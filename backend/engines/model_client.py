"""The model as the rest of the backend sees it: requests in, one answer or error each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from backend.engines.base import Ability, Asked

Abilities: TypeAlias = Callable[[], frozenset[Ability]]
"""Return what the engine can do, as soon as it is loaded."""


@dataclass(frozen=True, slots=True)
class ModelClient:
    """What may be asked of the model.

    Attributes:
        ask: Answers requests of both kinds: for each, in order, what the model said or why it could
            not. Those of one text that stand side by side share its reading.
        abilities: What its engine can do.
    """

    ask: Callable[[Sequence[Asked]], list[Any]]
    abilities: Abilities

    def in_chunks(self, size: int) -> "ModelClient":
        """Return a client that asks this one so many requests at a time, as bulk work should."""

        def ask(requests: Sequence[Asked]) -> list[Any]:
            starts = range(0, len(requests), size)
            return [one for at in starts for one in self.ask(requests[at : at + size])]

        return ModelClient(ask, self.abilities)

    def remembering(self) -> "ModelClient":
        """Return a client that asks this one nothing twice."""
        known: dict[Asked, Any] = {}

        def ask(requests: Sequence[Asked]) -> list[Any]:
            new = [one for one in dict.fromkeys(requests) if one not in known]
            if new:
                known.update(zip(new, self.ask(new), strict=True))
            return [known[one] for one in requests]

        return ModelClient(ask, self.abilities)
