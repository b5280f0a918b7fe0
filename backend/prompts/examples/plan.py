"""Which solved items stand before a text: always the same ones, or those that are like it."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from backend.prompts.examples.bank import ExampleBank, SolvedItem, folded, solved_items
from labeling.answers.types import canonical_json
from labeling.hashing import digest_of
from labeling.json_values import count, record, table
from labeling.mathtypes import Floats


class ExamplePlan(ABC):
    """Says which examples a control's prompts show. No item is ever shown itself.

    Attributes:
        kind: Names its class in JSON.
        is_shared: Whether prompts begin with the examples, so that these are read once for all
            items; else they stand behind what prompts share, and are read for each.
        needs_embedding: Whether an item's embedding decides.
    """

    kind: ClassVar[str]
    is_shared: ClassVar[bool]
    needs_embedding: ClassVar[bool]

    @property
    @abstractmethod
    def items(self) -> tuple[SolvedItem, ...]:
        """All items that may be shown."""

    @abstractmethod
    def examples(self, key: str, embedding: Floats | None = None) -> tuple[SolvedItem, ...]:
        """Return what is shown before an item, in order.

        Args:
            key: The form's item.
            embedding: Its embedding, shape (dims,), where that decides; None: it says nothing.
        """

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hex, over all that moves what is shown."""
        return digest_of(canonical_json(self.to_json()))


@dataclass(frozen=True)
class StaticExamples(ExamplePlan):
    """The same examples before every item.

    Attributes:
        shown: The examples, in order.
        spares: For each, what is shown in its place before an item of the same text; None:
            nothing is.
    """

    kind = "static"
    is_shared = True
    needs_embedding = False

    shown: tuple[SolvedItem, ...]
    spares: tuple[SolvedItem | None, ...]

    @property
    def items(self) -> tuple[SolvedItem, ...]:
        """See `ExamplePlan`."""
        return (*self.shown, *(one for one in self.spares if one))

    def examples(self, key: str, embedding: Floats | None = None) -> tuple[SolvedItem, ...]:  # noqa: ARG002
        """Return all, but for one of the item's own text; see `ExamplePlan`."""
        own = folded(key)
        pairs = zip(self.shown, self.spares, strict=True)
        chosen = (spare if one.folded == own else one for one, spare in pairs)
        return tuple(one for one in chosen if one and one.folded != own)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {
            "kind": self.kind,
            "shown": [one.to_json() for one in self.shown],
            "spares": [one and one.to_json() for one in self.spares],
        }


@dataclass(frozen=True)
class RetrievedExamples(ExamplePlan):
    """For each item, the examples that are most like it.

    Attributes:
        bank: What they are picked from.
        number: How many are picked.
    """

    kind = "retrieved"
    is_shared = False
    needs_embedding = True

    bank: ExampleBank
    number: int

    @property
    def items(self) -> tuple[SolvedItem, ...]:
        """See `ExamplePlan`."""
        return self.bank.items

    def examples(self, key: str, embedding: Floats | None = None) -> tuple[SolvedItem, ...]:
        """Return the most alike, the nearest last; see `ExamplePlan`."""
        return self.bank.nearest(key, embedding, self.number)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {"kind": self.kind, "bank": self.bank.to_json(), "number": self.number}


def plan_from_json(content: object) -> ExamplePlan:
    """Read what `ExamplePlan.to_json` wrote.

    Args:
        content: What may be a plan.

    Returns:
        The plan.

    Raises:
        ValueError: It is none.
    """
    match table(content).get("kind"):
        case StaticExamples.kind:
            found = record(content, "kind", "shown", "spares")
            shown, spares = solved_items(found["shown"]), _spares(found["spares"])
            if not shown or len(shown) != len(spares):
                raise ValueError("there is not one spare an example")
            return StaticExamples(shown, spares)
        case RetrievedExamples.kind:
            found = record(content, "kind", "bank", "number")
            number = count(found["number"])
            if not number:
                raise ValueError("no example is shown")
            return RetrievedExamples(ExampleBank.from_json(found["bank"]), number)
    raise ValueError("there is no such plan of examples")


def _spares(content: object) -> tuple[SolvedItem | None, ...]:
    if not isinstance(content, Sequence) or isinstance(content, str):
        raise ValueError("a list of spares was expected")
    return tuple(None if one is None else SolvedItem.from_json(one) for one in content)
