"""What the model believes of each part of an answer, before anybody votes on it.

A set of labels, the places of a tree and the spans of a text are answers of parts. Of those that
the model lists, it tells the probability of each. Of any other, it tells the probability c that its
whole answer is right: then the part holds if it stands in that answer, and else it is as likely to
hold as parts are of which nothing is believed, with the rate π.
"""

from collections.abc import Hashable, Mapping, Set
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from aggregation.beliefs import Belief
from aggregation.by_type.base import Beliefs
from labeling.answers.similarity import places
from labeling.answers.types import content_of, paths_of, span_of, spans_of, strings_of

Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PartPriors(Generic[Part]):
    """What is believed of the parts of one task's answer.

    Attributes:
        named: The parts of the model's answer.
        confidence: Probability that this is right, in [0, 1].
        listed: Each one's own probability, as far as it is known.
    """

    named: Set[Part]
    confidence: float
    listed: Mapping[Part, float] = field(default_factory=dict)

    def prior(self, part: Part) -> tuple[float, float]:
        """Return a and b, so that a part holds with probability a + b·π."""
        if part in self.listed:
            return self.listed[part], 0.0
        return (self.confidence if part in self.named else 0.0), 1.0 - self.confidence

    @property
    def spoken_of(self) -> dict[Part, float]:
        """What the model speaks of, at its probability or the least that it may be."""
        return {**dict.fromkeys(self.named, self.confidence), **self.listed}


def of_sets(beliefs: Beliefs) -> dict[int, PartPriors[str]]:
    """Return what is believed of each label, by task."""
    return {
        task: PartPriors({*strings_of(one.label)}, one.confidence, one.distribution)
        for task, one in beliefs.items()
    }


def of_paths(beliefs: Beliefs) -> dict[int, PartPriors[tuple[str, ...]]]:
    """Return what is believed of each place: of a candidate, and of all that is above it, the sum.

    The candidates' probabilities are those of single paths, so only an answer that is one has them.
    """
    return {
        task: PartPriors(places(paths), one.confidence, _by_place(one) if len(paths) == 1 else {})
        for task, one in beliefs.items()
        for paths in [paths_of(one.label)]
    }


def of_spans(beliefs: Beliefs) -> dict[int, PartPriors[tuple[int, int, str]]]:
    """Return what is believed of each span, by task."""
    return {
        task: PartPriors(
            {*spans_of(one.label)},
            one.confidence,
            {span_of(content_of(key)): p for key, p in one.distribution.items()},
        )
        for task, one in beliefs.items()
    }


def _by_place(belief: Belief) -> dict[tuple[str, ...], float]:
    sums: dict[tuple[str, ...], float] = {}
    for answer, probability in belief.distribution.items():
        for place in places(paths_of(answer)):
            sums[place] = sums.get(place, 0.0) + probability
    return {place: min(1.0, p) for place, p in sums.items()}
