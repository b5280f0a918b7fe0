"""Answers that say the same, counted as one: so that answers of any type can be voted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from aggregation.classification.bayesian import Fusion
from aggregation.votes import VOTE_COLUMNS, Answer
from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence


@dataclass(frozen=True, slots=True)
class AnswerClusters:
    """People's answers to each task, in groups that say the same.

    Attributes:
        votes: A frame `task, worker, label`; a label is the number of a task's group, as a text.
        first: The first answer of each group, by task, in the order of their numbers.
    """

    votes: pd.DataFrame
    first: Mapping[int, Sequence[str]]

    @property
    def labels(self) -> tuple[str, ...]:
        """Every number of a group, and one more: there is always something else to say."""
        most = max((len(groups) for groups in self.first.values()), default=0)
        return tuple(str(number) for number in range(max(most, 1) + 1))


def group(equivalence: Equivalence, answers: Sequence[Answer]) -> AnswerClusters:
    """Put answers into groups, each beside the first one that it says the same as.

    Args:
        equivalence: Says which answers are the same.
        answers: People's, one of a worker a task; what is no answer of the form is left out.

    Returns:
        The clusters of each task, and the votes in their terms.
    """
    first: dict[int, list[str]] = {}
    rows = []
    for answer in sorted(answers, key=lambda one: (one.task, one.at, one.worker)):
        groups = first.setdefault(answer.task, [])
        try:
            number = _place(equivalence, answer.label, groups)
        except AnswerError:
            continue
        rows.append((answer.task, answer.worker, str(number)))
    votes = pd.DataFrame(rows, columns=list(VOTE_COLUMNS))
    return AnswerClusters(
        votes.astype({"task": "int64", "worker": "str", "label": "str"}),
        {task: groups for task, groups in first.items() if groups},
    )


def _place(equivalence: Equivalence, answer: str, groups: list[str]) -> int:
    """Return the number of the group that an answer belongs to, a new one where none is alike."""
    equivalence.form.answers(answer)
    for number, one in enumerate(groups):
        if equivalence.is_same_answer(one, answer):
            return number
    groups.append(answer)
    return len(groups) - 1


class ClusterTruth:
    """How probable people's answers are, as far as they say the same.

    See `aggregation.classification.bayesian`.

    The workers' errors are taken to be alike for everything else that could be said.

    Args:
        equivalence: Says which answers are the same.

    Attributes:
        skills_: Share of right answers of each worker, in [0, 1].

    Examples:
        >>> from datetime import UTC, datetime
        >>> from aggregation.votes import Answer
        >>> from labeling.form.equivalence import Equivalence
        >>> from labeling.form.form import parse
        >>> form = parse(
        ...     '<View><Text name="t" value="$t"/><Rating name="mood" toName="t"/>'
        ...     '<Number name="age" toName="t"/></View>'
        ... )
        >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        >>> answers = [
        ...     Answer(1, "ann", '{"age":"30","mood":"4"}', "person", noon, None),
        ...     Answer(1, "bob", '{"age":"30","mood":"4"}', "person", noon, None),
        ...     Answer(1, "cyd", '{"age":"35","mood":"4"}', "person", noon, None),
        ... ]
        >>> truth = ClusterTruth(Equivalence(form)).fit(answers)
        >>> truth.probability(1, answers[0].label) > truth.probability(1, answers[2].label)
        True
    """

    skills_: Mapping[str, float]

    def __init__(self, equivalence: Equivalence) -> None:
        self._equivalence = equivalence
        self._first: Mapping[int, Sequence[str]] = {}
        self._probabilities: Mapping[tuple[int, str], float] = {}

    def fit(self, answers: Sequence[Answer]) -> "ClusterTruth":
        """Estimate how good people are, and how probable each group's answer is."""
        groups = group(self._equivalence, answers)
        self._first = groups.first
        self.skills_ = {}
        if not groups.votes.empty:
            fusion = Fusion(groups.labels, has_even_shares=True).fit(groups.votes, {})
            numbers = fusion.probas_.to_numpy(dtype="float64").tolist()
            self._probabilities = {
                (int(task), str(label)): p
                for task, row in zip(fusion.probas_.index, numbers, strict=True)
                for label, p in zip(fusion.probas_.columns, row, strict=True)
            }
            self.skills_ = {str(worker): float(skill) for worker, skill in fusion.skills_.items()}
        return self

    def probability(self, task: int, answer: str) -> float:
        """Return the probability that an answer to a task is right, in [0, 1].

        Args:
            task: A task that was answered.
            answer: Any answer of the form.

        Returns:
            The probability, summed over the clusters that say the same.
        """
        return sum(
            self._probabilities.get((task, str(number)), 0.0)
            for number, one in enumerate(self._first.get(task, ()))
            if self._equivalence.is_same_answer(one, answer)
        )
