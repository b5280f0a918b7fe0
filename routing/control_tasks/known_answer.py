"""A known answer: an item, what is right of it, and who says so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from labeling.answers.types import canonical_json
from labeling.hashing import digest_of
from routing.ledger.control_tasks import KnownFrom


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An item with its known answer, as it was found.

    Attributes:
        accepted: The answers that are right; any of them.
        origin: Where they come from.
        data: The task's data; None: those of `task`.
        task: The main project's task; None: it comes from a file.
        explanation: Why they are right; None: nobody said.
        probability: The probability that they are.
    """

    accepted: Sequence[str]
    origin: KnownFrom
    data: Mapping[str, Any] | None = field(default=None, repr=False)
    task: int | None = None
    explanation: str | None = None
    probability: float = 1.0

    @property
    def digest(self) -> str:
        """What it is known by: its task, or SHA-256 of its data, in hex."""
        if self.task is not None:
            return f"task {self.task}"
        return digest_of(canonical_json(self.data))


def merged(known: Iterable[KnownAnswer]) -> list[KnownAnswer]:
    """Return each item once, with all that is accepted of it.

    Where several sources know an item, the first one's word counts; where one source names an
    item several times, all that it says is accepted.
    """
    found: dict[str, KnownAnswer] = {}
    for one in known:
        first = found.setdefault(one.digest, one)
        if first is not one and first.origin == one.origin:
            found[one.digest] = replace(
                first,
                accepted=tuple(dict.fromkeys([*first.accepted, *one.accepted])),
                explanation=first.explanation or one.explanation,
            )
    return list(found.values())
