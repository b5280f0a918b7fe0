"""What is to be written: a plan of texts, the same for the same seed, whoever is killed in between.

The n-th order hangs on n and the seed alone, so that a longer run goes on with a shorter one. All
labels are asked for alike, and within a label all values of an attribute, and all parents; of the
labels that a text could be taken for, each as often as the label is confused with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import numpy as np

from backend.synthesis.generation.attributes import Attributes
from backend.synthesis.generation.recipe import Method
from labeling.errors import SettingsError
from labeling.mathtypes import Floats

ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Order:
    """One text that is to be written.

    Attributes:
        number: Its place in the plan, from 0 on.
        method: How it is written.
        label: Its label, as Label Studio stores it.
        attributes: What it is to be like, by attribute.
        parent: The real text that it is made of; empty: none.
        parent_label: That text's label.
        rival: The label that it could be taken for, as Label Studio stores it; empty: any.
    """

    number: int
    method: Method
    label: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent: str = ""
    parent_label: str = ""
    rival: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A real text and its label by people."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Source:
    """What texts are made from.

    Attributes:
        labels: The labels, as Label Studio stores them.
        answered: People's texts, the hardest first.
        attributes: Values by attribute.
        confusion: How far two labels are confused, 0 or more, shape (labels, labels); None: nothing
            is known of it.
    """

    labels: Sequence[str]
    answered: Sequence[Answered] = ()
    attributes: Attributes = field(default_factory=dict)
    confusion: Floats | None = None


_Make: TypeAlias = Callable[[int, str, int, Source, int], Order | None]
"""Makes an order of its number, its label, its place among the label's orders, and the seed; None:
there is nothing that it could be made of."""


def plan(method: Method, number: int, source: Source, seed: int) -> list[Order]:
    """Plan what is written.

    Args:
        method: How.
        number: How many texts; fewer are planned where a label has nothing to be made of.
        source: What they are made from.
        seed: Of all that is drawn.

    Returns:
        The orders.

    Raises:
        SettingsError: There is nothing that texts could be made from.
    """
    make = _MAKERS[method]
    labels = len(source.labels)
    orders = [
        made
        for place in range(number)
        if (made := make(place, source.labels[place % labels], place // labels, source, seed))
    ]
    if number and not orders:
        raise SettingsError(
            f"There is nothing that texts could be made from by {method}",
            hint="Give --answers with people's texts of every label, or --attributes.",
        )
    return orders


def _zero_shot(number: int, label: str, _: int, __: Source, ___: int) -> Order:
    return Order(number, "zero-shot", label)


def _by_attributes(number: int, label: str, place: int, source: Source, seed: int) -> Order | None:
    if not source.attributes:
        return None
    drawn = {
        name: _evenly(values, place, (seed, source.labels.index(label), column))
        for column, (name, values) in enumerate(source.attributes.items())
    }
    return Order(number, "attributes", label, drawn)


def _paraphrase(number: int, label: str, place: int, source: Source, _: int) -> Order | None:
    own = [one for one in source.answered if one.label == label]
    if not own:
        return None
    parent = own[place % len(own)]
    return Order(number, "paraphrase", label, {}, parent.text, label)


def _counterfactual(number: int, label: str, place: int, source: Source, seed: int) -> Order | None:
    others = [one for one in source.answered if one.label != label]
    if not others:
        return None
    parent = _evenly(others, place, (seed, source.labels.index(label)))
    return Order(number, "counterfactual", label, {}, parent.text, parent.label)


def _uncertain(number: int, label: str, place: int, source: Source, _: int) -> Order | None:
    if source.confusion is None:
        return None
    own = source.labels.index(label)
    weights = np.delete(source.confusion[own], own)
    if not weights.sum() > 0:
        return None
    others = [one for one in source.labels if one != label]
    rival = others[_by_weight(weights / weights.sum(), place)]
    return Order(number, "uncertain", label, rival=rival)


def _by_weight(shares: Floats, place: int) -> int:
    """Draw the value of a place so that each is always as near to its share as can be."""
    drawn = np.zeros(len(shares))
    for turn in range(1, place + 1):
        drawn[int((turn * shares - drawn).argmax())] += 1
    return int(((place + 1) * shares - drawn).argmax())


def _evenly(values: Sequence[ValueT], place: int, seed: tuple[int, ...]) -> ValueT:
    """Draw the value of a place so that each is drawn once before any is drawn again."""
    turn, within = divmod(place, len(values))
    order = np.random.default_rng((*seed, turn)).permutation(len(values))
    return values[int(order[within])]


_MAKERS: Mapping[Method, _Make] = {
    "zero-shot": _zero_shot,
    "attributes": _by_attributes,
    "paraphrase": _paraphrase,
    "counterfactual": _counterfactual,
    "uncertain": _uncertain,
}
