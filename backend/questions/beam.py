"""A large tree, scored down from its root: a beam of its best places, level by level."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

import numpy as np

from backend.confidence.methods import ConfidenceMethod, LabelBelief
from backend.engines import Ability, Request, Scored
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather, score
from backend.prompts import PromptBuilder
from labeling.answers.types import paths_of
from labeling.controls import Control
from labeling.controls.taxonomy import SEPARATOR
from labeling.errors import TandemError
from labeling.mathtypes import Floats
from labeling.settings.model_sections import ConfidenceSettings, MethodName

UNSEEN = -30.0
"""What a place that the beam left out counts as, in nats below the best one."""

Path = tuple[str, ...]


class PathBeam(ConfidenceMethod):
    """Scores the children of the best places of a level, then their children; a call a level.

    A place's log-likelihood is that of its whole path as it is written, so where the beam is as
    wide as the tree it finds what scoring every path at once finds.

    Args:
        builder: Builds the prompts.
        settings: See `ConfidenceMethod`.
        control: Its candidates are the tree's places.
        width: Places of a level whose children are looked at.
    """

    name: ClassVar[MethodName] = "label-logprob"
    needs = frozenset({Ability.LABEL_LOGPROBS})
    takes_prior = True

    def __init__(
        self, builder: PromptBuilder, settings: ConfidenceSettings, control: Control, width: int
    ) -> None:
        super().__init__(builder, settings)
        self._width = width
        self._places = {
            tuple(candidate.text.split(SEPARATOR)): number
            for number, candidate in enumerate(control.candidates)
            if paths_of(candidate.value)
        }
        self._children = _children(self._places)

    def _moved_by(self) -> Sequence[str]:
        return (str(self._width),)

    def steps(
        self,
        texts: Sequence[str],
        abilities: Abilities,  # noqa: ARG002 - scores are all that it needs
    ) -> Steps[list[LabelBelief | TandemError]]:
        """Go down the tree with all texts side by side; see `ConfidenceMethod`."""
        return gather([self._descend(text) for text in texts])

    def _descend(self, text: str) -> Steps[LabelBelief | TandemError]:
        """Score the tree for one text, a level a step, until no place in the beam has children."""
        seen: dict[Path, float] = {}
        best: Sequence[Path] = [()]
        truncated = False
        while paths := [*self._below(best)]:
            [scored] = yield from score([self._request(text, paths)])
            if not isinstance(scored, Scored):
                return scored
            level = dict(zip(paths, scored.loglikelihoods.tolist(), strict=True))
            seen |= level
            truncated |= scored.truncated
            best = sorted(level, key=lambda path: -level[path])[: self._width]
        return LabelBelief(self._loglikelihoods(seen), truncated)

    def _below(self, places: Sequence[Path]) -> Iterator[Path]:
        return (child for place in places for child in self._children.get(place, ()))

    def _request(self, text: str, paths: Sequence[Path]) -> Request:
        context = self.builder.request(text).context
        labels = (SEPARATOR.join(path) for path in paths)
        return Request(context, tuple(map(self.builder.continuation, labels)))

    def _loglikelihoods(self, seen: Mapping[Path, float]) -> Floats:
        known = {self._places[path]: ll for path, ll in seen.items() if path in self._places}
        floor = max(known.values(), default=0.0) + UNSEEN
        return np.array([known.get(number, floor) for number in range(len(self._places))])


def _children(places: Mapping[Path, int]) -> dict[Path, list[Path]]:
    """List the places right below each place, those included that only lie between."""
    every = dict.fromkeys(p[:depth] for p in places for depth in range(1, len(p) + 1))
    children: dict[Path, list[Path]] = {}
    for path in every:
        children.setdefault(path[:-1], []).append(path)
    return children
