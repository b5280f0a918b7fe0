"""`PATHS`: places in a tree, agreed upon from the root down."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import prod

import pandas as pd

from aggregation.by_type.base import (
    Beliefs,
    TypeAggregator,
    TypeConsensus,
    skills_by_similarity,
)
from aggregation.by_type.binary import binary_consensus
from aggregation.by_type.part_priors import PartPriors, of_paths
from labeling.answers.similarity import places, similarity
from labeling.answers.types import AnswerType, canonical_json, paths_of

Path = tuple[str, ...]


class Paths(TypeAggregator):
    """Places in a tree, by partial credit: who names a place votes for all that is above it too.

    Every place that a vote on the task, or the model, names or implies is a yes/no item (see
    `aggregation.by_type.binary`), and no place is more probable than the one above it. The
    consensus is the deepest places that are accepted. Where one of them is no end of any vote, as
    where all agree on the branch and no two on the leaf, it goes on to the most probable place
    below until it comes to such an end; so it holds only paths that somebody, or the model, gave.
    Where every vote is one path, so is the consensus, even if none is accepted.

    A consensus is right where all its paths belong to it and none of the places beside them does,
    which are taken to be independent; a single path is, where its own end belongs to it.

    Args:
        labels: Values in the label config's order, which paths are sorted by; others follow by
            name.
        method: The aggregator of the yes and no votes; see
            `aggregation.classification.registry.METHODS`.
        seed: Its seed.

    Attributes:
        marginals_: Probability that a place belongs to the answer, by task and place.

    Examples:
        >>> import pandas as pd
        >>> votes = pd.DataFrame(
        ...     [
        ...         (1, "ann", '[["animal","cat"]]'),
        ...         (1, "bob", '[["animal","cat"]]'),
        ...         (1, "cyd", '[["animal","dog"]]'),
        ...     ],
        ...     columns=["task", "worker", "label"],
        ... )
        >>> Paths(["animal", "cat", "dog"], method="bayesian-one-coin").fit(votes).labels_.to_dict()
        {1: '[["animal","cat"]]'}
    """

    marginals_: dict[int, dict[Path, float]]

    def __init__(self, labels: Sequence[str] = (), *, method: str, seed: int = 0) -> None:
        self._ranks = {label: rank for rank, label in reversed(list(enumerate(labels)))}
        self._method = method
        self._seed = seed

    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        priors = of_paths(beliefs)
        voted: dict[int, list[tuple[str, list[Path]]]] = {}
        for task, worker, answer in ballots.itertuples(index=False):
            voted.setdefault(int(task), []).append((worker, paths_of(answer)))
        decided_by_task = binary_consensus(
            self._votes(voted, priors),
            priors,
            complete=False,
            method=self._method,
            seed=self._seed,
        )
        self.marginals_ = {
            task: _from_the_root(decided_by_task[task].probability) for task in voted
        }
        consensus: dict[int, str] = {}
        confidence: dict[int, float] = {}
        for task, votes in voted.items():
            believed = [paths_of(beliefs[task].label)] if task in beliefs else []
            answers = [*(paths for _, paths in votes), *believed]
            chosen = self._choose(self.marginals_[task], decided_by_task[task].accepted, answers)
            consensus[task] = canonical_json(
                [list(path) for path in sorted(chosen, key=self._order)]
            )
            confidence[task] = _confidence(self.marginals_[task], chosen, answers)
        skills = skills_by_similarity(ballots, consensus, partial(similarity, AnswerType.PATHS))
        return TypeConsensus(consensus, confidence, skills)

    def _votes(
        self,
        voted: dict[int, list[tuple[str, list[Path]]]],
        priors: Mapping[int, PartPriors[Path]],
    ) -> Iterator[tuple[int, Path, str, bool]]:
        for task, votes in voted.items():
            known = places([path for _, paths in votes for path in paths])
            # Of all candidates, the model's own place is what may be the answer beside people's.
            known |= priors[task].named if task in priors else set()
            named = sorted(known, key=self._order)
            for worker, paths in votes:
                own = places(paths)
                yield from ((task, place, worker, place in own) for place in named)

    def _choose(
        self, probability: dict[Path, float], accepted: set[Path], answers: list[list[Path]]
    ) -> set[Path]:
        ends = {path for paths in answers for path in paths}
        reached = {p for p in accepted if places([p]) <= accepted}
        deepest = {p for p in reached if not any(q[: len(p)] == p for q in reached - {p})}
        if _is_single(answers):
            deepest = {self._likeliest(probability, deepest or {()})}
        elif not deepest and all(answers):
            deepest = {()}
        chosen = set()
        for place in deepest:
            while place not in ends:
                below = {p for p in probability if p[:-1] == place}
                place = self._likeliest(probability, below)
            chosen.add(place)
        return chosen

    def _likeliest(self, probability: dict[Path, float], among: set[Path]) -> Path:
        # Rounded, so that equal votes tie; then the label config's order decides.
        return min(among, key=lambda p: (-round(probability.get(p, 0.0), 9), self._order(p)))

    def _order(self, path: Path) -> list[tuple[int, str]]:
        return [(self._ranks.get(value, len(self._ranks)), value) for value in path]


def _from_the_root(own: dict[Path, float]) -> dict[Path, float]:
    return {place: min(own[above] for above in places([place])) for place in own}


def _is_single(answers: Iterable[Sequence[Path]]) -> bool:
    return all(len(paths) == 1 for paths in answers)


def _confidence(
    probability: dict[Path, float], chosen: set[Path], answers: Iterable[Sequence[Path]]
) -> float:
    held = prod(probability[path] for path in sorted(chosen))
    if _is_single(answers):
        return held
    taken = places(sorted(chosen))
    beside = [p for p in probability if p not in taken and (len(p) == 1 or p[:-1] in taken)]
    return held * prod(1.0 - probability[place] for place in beside)
