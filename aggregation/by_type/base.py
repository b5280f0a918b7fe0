"""The contract of every aggregator, whatever the answer type, and what all of them share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

import pandas as pd

from aggregation.beliefs import Belief
from aggregation.classification.worker_models import GUESS
from aggregation.votes import VOTE_COLUMNS
from labeling.errors import NotEnoughVotes

STRENGTH = 10.0
"""How many answers of the crowd's mean quality a worker starts with."""

Similarity = Callable[[str, str], float]
"""How far two answers say the same, in [0, 1]."""

Beliefs = Mapping[int, Belief]
"""What the model believes of one control, by task; each is calibrated."""

NO_BELIEFS: Beliefs = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TypeConsensus:
    """What an aggregator found out.

    Attributes:
        labels: The consensus of each task, in the canonical form of the answer type.
        confidence: How sure it is, by task; see `TypeAggregator.confidence_`.
        skills: How good each worker is; see `TypeAggregator.skills_`.
    """

    labels: Mapping[int, str]
    confidence: Mapping[int, float]
    skills: Mapping[str, float]


class TypeAggregator(ABC):
    """Votes of one answer type become one answer per task.

    With beliefs, what the model believes of a task that people answered is the prior of its
    consensus, or one more observation where an answer is never simply right or wrong. It is kept
    from being certain, so that enough votes overrule it. A belief may only be given where people's
    answers stand behind it.

    Guaranteed of every answer type:

    - What everybody who answered a task said, literally, is its consensus, where there is no belief
      of that task; so a single vote is.
    - The outcome depends on nothing but the set of votes and the seed: rows that repeat another
      count once, and their order means nothing. Where one worker gave one task several different
      answers, each counts as a vote.
    - Answers that `labels` did not foresee count like any other.
    - Beliefs of tasks without a vote say nothing.

    Attributes:
        labels_: The consensus, an answer in the canonical form of the answer type, by task; after
            `fit`.
        confidence_: Probability that the consensus is right, in [0, 1], by task. For `TEXT` and
            `NUMBER`, which are never simply right or wrong, how like it an answer of the crowd is
            expected to be.
        skills_: How like the truth each worker's answers are expected to be, in [0, 1], by worker:
            for `CLASS` and `PAIR` the share of right ones.
    """

    labels_: "pd.Series[str]"
    confidence_: "pd.Series[float]"
    skills_: "pd.Series[float]"

    def fit(self, votes: pd.DataFrame, beliefs: Beliefs = NO_BELIEFS) -> Self:
        """Estimate the truth behind votes.

        Args:
            votes: The frame `task, worker, label`.
            beliefs: What the model believes, by task; its answers are in the canonical form.

        Returns:
            The fitted aggregator itself.

        Raises:
            NotEnoughVotes: There is no vote.
            AnswerError: A label is not an answer of this type.
        """
        if votes.empty:
            raise NotEnoughVotes("There are no votes", hint="Have people answer some items first.")
        ballots = votes[list(VOTE_COLUMNS)].drop_duplicates()
        ballots = ballots.sort_values(list(VOTE_COLUMNS), ignore_index=True)
        answered = set(ballots["task"])
        known = {task: belief for task, belief in sorted(beliefs.items()) if task in answered}
        outcome = self._agree(ballots, known)
        agreed = {task: label for task, label in _unanimous(ballots).items() if task not in known}
        labels = {**outcome.labels, **agreed}
        tasks = pd.Index(sorted(labels), name="task")
        values = [labels[task] for task in tasks]
        self.labels_ = pd.Series(values, index=tasks, dtype="str", name="agg_label")
        self.confidence_ = _floats(outcome.confidence, "task").rename("confidence")
        self.skills_ = _floats(outcome.skills, "worker").rename("skill")
        return self

    def fit_predict(self, votes: pd.DataFrame, beliefs: Beliefs = NO_BELIEFS) -> "pd.Series[str]":
        """Fit, and return `labels_`.

        Args:
            votes: The frame `task, worker, label`.
            beliefs: See `fit`.

        Returns:
            The consensus, by task.
        """
        return self.fit(votes, beliefs).labels_

    @abstractmethod
    def _agree(self, ballots: pd.DataFrame, beliefs: Beliefs) -> TypeConsensus:
        """Aggregate votes, at least one, sorted by task, worker and label, none of them twice.

        Args:
            ballots: The votes.
            beliefs: Of tasks among theirs alone, by ascending task.

        Returns:
            What was found out.
        """


def skills_by_similarity(
    ballots: pd.DataFrame, labels: Mapping[int, str], similarity_of: Similarity
) -> dict[str, float]:
    """Rate workers by how like the consensus their answers are.

    Only tasks with several votes tell, for a single vote is its own consensus. A worker's mean is
    shrunk towards the crowd's as if they had already given `STRENGTH` answers of its quality:

        skill_w = (STRENGTH · m + Σ_t similarity_of(v_wt, consensus_t)) / (STRENGTH + n_w)

    Where no task has several votes, m is `aggregation.classification.worker_models.GUESS`.

    Args:
        ballots: Votes `task, worker, label`, with each worker's last.
        labels: The consensus, by task.
        similarity_of: How similar two labels are, from 0 to 1.

    Returns:
        The skill of each worker, in [0, 1], by name.
    """
    shared = ballots[ballots.groupby("task")["label"].transform("size") > 1]
    pairs = zip(shared["label"], shared["task"].map(labels), strict=True)
    similarities = pd.Series(
        [similarity_of(vote, label) for vote, label in pairs], index=shared.index
    )
    mean = GUESS if similarities.empty else float(similarities.mean())
    of_worker = similarities.astype("float64").groupby(shared["worker"])
    sums, counts = of_worker.sum().to_dict(), of_worker.size().to_dict()
    return {
        worker: (STRENGTH * mean + sums.get(worker, 0.0)) / (STRENGTH + counts.get(worker, 0))
        for worker in sorted(set(ballots["worker"]))
    }


def confidence_by_similarity(
    ballots: pd.DataFrame,
    labels: Mapping[int, str],
    skills: Mapping[str, float],
    similarity_of: Similarity,
    beliefs: Beliefs = NO_BELIEFS,
) -> dict[int, float]:
    """Rate consensuses by how like them the answers are that they come from.

    Votes weigh as much as their workers are good for, and the model's answer as much as it is
    believed. One vote more, as good as those workers are
    on average, m, is added, so that many votes that agree are worth more than one that does:

        confidence_t = (m · m + Σ_w skill_w · similarity_of(v_wt, consensus_t)) / (m + Σ_w skill_w)

    Args:
        ballots: Votes `task, worker, label`, with each worker's last.
        labels: The consensus, by task.
        skills: The skill of each worker.
        similarity_of: How similar two labels are, from 0 to 1.
        beliefs: What the model believes, by task.

    Returns:
        The confidence of each consensus, in [0, 1], by task.
    """
    confidence: dict[int, float] = {}
    for task, votes in ballots.groupby("task"):
        weighed = weighed_answers(votes, skills, beliefs.get(int(str(task))))
        weights = [weight for _, weight in weighed]
        label = labels[int(str(task))]
        similarities = [similarity_of(answer, label) for answer, _ in weighed]
        mean = sum(weights) / len(weights)
        support = sum(weight * one for weight, one in zip(weights, similarities, strict=True))
        total = mean + sum(weights)
        confidence[int(str(task))] = (mean * mean + support) / total if total > 0 else 0.0
    return confidence


def weighed_answers(
    votes: pd.DataFrame, skills: Mapping[str, float], belief: Belief | None
) -> list[tuple[str, float]]:
    """List the answers to one task, each with how like the truth it is expected to be.

    Args:
        votes: Votes on the task.
        skills: The skill of each worker.
        belief: What the model believes of it; its answer counts as it is believed.

    Returns:
        Pairs of answer and weight, people's in the order of their votes, the model's last.
    """
    people = [(label, skills[w]) for w, label in zip(votes["worker"], votes["label"], strict=True)]
    return people if belief is None else [*people, (belief.label, belief.confidence)]


def _unanimous(ballots: pd.DataFrame) -> dict[int, str]:
    distinct = ballots.groupby("task")["label"].agg(["nunique", "first"])
    agreed = distinct[distinct["nunique"] == 1]["first"]
    return dict(zip(agreed.index.tolist(), agreed.tolist(), strict=True))


def _floats(values: Mapping[int, float] | Mapping[str, float], of: str) -> "pd.Series[float]":
    index = pd.Index(list(values), name=of)
    return pd.Series(list(values.values()), index=index, dtype="float64").sort_index()
