"""How many votes a task will take, by the rule that asks for one more, and as counted so far. Pure.

People ask one more of them while the label is less probable than `settle_above` and a vote is worth
its price. How often that comes depends on how good they are held to be, which a few answers tell
badly: so votes a task are drawn, as errors are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from labeling.settings.policy_section import PolicySettings
from routing.planning import value_of_information

Floats = NDArray[np.float64]

UNKNOWN_SKILL = (18.0, 2.0)
"""Right and wrong answers that the skill of people who have not answered yet is drawn by."""

SURE = 0.99
"""Nobody is held for better."""

SKILL_DIGITS = 2
"""Digits of an accuracy that are told apart: a crowd of hundreds has few different ones."""

RULE_TASKS = 20.0
"""What the rule's own count weighs against the counted votes, in tasks."""

SPREAD = 0.6
"""Standard deviation of the votes of a single task."""


@dataclass(frozen=True, eq=False)
class VotesPerTask:
    """Votes that a task takes in the mean, by how it is asked; each drawn, shape (draws,).

    Attributes:
        review: Of a task that is reviewed beside the model's label.
        blind: Of one that is asked blind: a pilot's, once skills are known, or an audit.
        pilot: Of one of a pilot that is still to be asked.
        slip: Probability that the label which blind votes come to is a mistake of people's.
    """

    review: Floats = field(default_factory=lambda: np.ones(1))
    blind: Floats = field(default_factory=lambda: np.ones(1))
    pilot: Floats = field(default_factory=lambda: np.ones(1))
    slip: Floats = field(default_factory=lambda: np.zeros(1))

    @classmethod
    def always(cls, votes: float) -> "VotesPerTask":
        """Return that every task takes so many."""
        return cls(*(np.full(1, votes),) * 3)

    @property
    def mean(self) -> float:
        """Votes of a reviewed task, in the mean of the draws."""
        return float(self.review.mean())


@dataclass(frozen=True, slots=True)
class VotingRule:
    """The rule that asks for votes.

    Attributes:
        policy: The settings.
        labels: How many labels there are.
        most: The most votes that may be asked for one task.
        has_expert: Whether an expert is asked where these leave it in doubt.
    """

    policy: PolicySettings
    labels: int
    most: int
    has_expert: bool = False

    def outcome(self, first: float, others: float, true: float) -> tuple[float, float]:
        """Return what a task is expected to come to.

        Args:
            first: Accuracy that the first voter is held for.
            others: The same, of all others.
            true: Accuracy that they truly have.

        Returns:
            Its votes; and the probability that people's label is wrong, or that there is none.
        """
        return _outcome(self, *(round(one, SKILL_DIGITS) for one in (first, others, true)))


def by_rule(rule: VotingRule, held: Floats, true: Floats) -> tuple[Floats, Floats]:
    """Return what tasks come to by the rule, where anybody may be asked first.

    Args:
        rule: The rule.
        held: What each person is held for in each draw, shape (draws, people).
        true: How good they are, shape (draws, people).

    Returns:
        Votes of a task, and the probability that its label is wrong, each of shape (draws,).
    """
    outcomes = np.array(
        [
            np.mean(
                [
                    rule.outcome(first, float(now.mean()), skill)
                    for first, skill in zip(now, then, strict=True)
                ],
                axis=0,
            )
            for now, then in zip(held, true, strict=True)
        ]
    )
    return outcomes[:, 0], outcomes[:, 1]


def drawn_skills(
    accuracies: Mapping[str, float],
    answers: Mapping[str, int],
    people: int,
    rng: np.random.Generator,
    draws: int,
) -> Floats:
    """Draw how good people are.

    Args:
        accuracies: What each who answered is held for.
        answers: Answers of each that could be compared with another's.
        people: How many may be asked; those who have not answered yet are taken to be unknown.
        rng: Draws.
        draws: How many.

    Returns:
        Their accuracies, shape (draws, people), at least one person's.
    """
    right, wrong = UNKNOWN_SKILL
    drawn = []
    for worker, accuracy in sorted(accuracies.items()):
        told, now = right + wrong + answers.get(worker, 0), min(accuracy, SURE)
        drawn.append(rng.beta(told * now, told * (1 - now), draws))
    unknown = max(people - len(drawn), 0) if drawn else max(people, 1)
    crowd = rng.beta(right, wrong, draws)
    return np.minimum(np.stack([*drawn, *[crowd] * unknown], axis=1), SURE)


def counted(ruled: Floats, votes: Sequence[int]) -> Floats:
    """Return the votes of a task once some were counted: the rule's draws weigh `RULE_TASKS`.

    Args:
        ruled: By the rule, shape (draws,).
        votes: Of each task that people are done with.

    Returns:
        Votes, shape (draws,).
    """
    blended: Floats = (RULE_TASKS * ruled + sum(votes)) / (RULE_TASKS + len(votes))
    return blended


@lru_cache(maxsize=1 << 14)
def _outcome(rule: VotingRule, first: float, others: float, true: float) -> tuple[float, float]:
    """Follow all ways in which votes may fall, for the first voter's label or against it."""
    rivals = max(rule.labels - 1, 1)

    def weight(skill: float) -> float:
        inside = min(max(skill, 1 / (rivals + 1)), SURE)
        return log(inside * rivals / (1 - inside))

    voters = value_of_information.NextVote.of_skill(others)
    lead, step, truth = weight(first), weight(others), weight(true)

    @cache
    def further(agree: int, against: int) -> tuple[float, float]:
        cast = 1 + agree + against
        mine, theirs = lead + agree * step, against * step
        likely = exp((1 + agree) * truth), exp(against * truth)
        right, other = (one / (sum(likely) + rivals - 1) for one in likely)
        mistake = 1.0 if mine == theirs else 1 - (right if mine > theirs else other)
        if cast >= rule.policy.votes:
            following = value_of_information.step(
                exp(max(mine, theirs)) / (exp(mine) + exp(theirs) + rivals - 1),
                cast,
                voters,
                rule.policy,
                most=rule.most,
                has_expert=rule.has_expert,
            )
            if following != "vote":
                return float(following == "expert"), mistake
        agrees = right * true + (1 - right) * (1 - true) / rivals
        backed, opposed = further(agree + 1, against), further(agree, against + 1)
        votes, mistakes = (
            agrees * yes + (1 - agrees) * no for yes, no in zip(backed, opposed, strict=True)
        )
        return 1 + votes, mistakes

    votes, mistakes = further(0, 0)
    return 1 + votes, mistakes
