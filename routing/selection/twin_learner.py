"""The learner that equal lessons are compared by: logistic regression on the texts' embeddings.

It stands in for the one that serves, which would have to be taught twice for it: what matters is
which of two lessons of the same size teaches more, and not how much.
"""

from collections.abc import Sequence

import numpy as np

from labeling.mathtypes import Floats, Indices
from routing.selection.chance_monitor import JudgedRound
from routing.selection.pool import Reals
from routing.selection.twins import PickedRound, twins

PENALTY = 10.0
"""Inverse of the penalty on the weights."""

LEAST_PROBABILITY = 1e-6
"""What is believed of a label that a lesson does not hold."""


def class_probabilities(
    embeddings: Reals, answers: Indices, labels: int, lesson: Indices
) -> Floats:
    """Return what a lesson teaches of all texts.

    Args:
        embeddings: Of the texts, shape (texts, dims).
        answers: People's label of each, as an index, shape (texts,); read for the lesson alone.
        labels: How many there are.
        lesson: The texts that are learned from, one at least.

    Returns:
        Probabilities that sum to 1, shape (texts, labels).
    """
    # Here, since scikit-learn would slow every command's start.
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    believed = np.full((len(embeddings), labels), LEAST_PROBABILITY)
    known = np.unique(answers[lesson])
    if len(known) == 1:
        believed[:, known] = 1.0
    else:
        learner = LogisticRegression(C=PENALTY, max_iter=300)
        learner.fit(embeddings[lesson], answers[lesson])
        believed[:, learner.classes_] = learner.predict_proba(embeddings)
    normalised: Floats = believed / believed.sum(axis=1, keepdims=True)
    return normalised


def judged_rounds(
    embeddings: Reals,
    answers: Sequence[Indices],
    pilot: Sequence[int],
    rounds: Sequence[PickedRound],
    rank: Floats,
    population: int,
) -> list[JudgedRound]:
    """Judge the draws of each round by two learners of what was picked before it.

    Where several things are asked, a text's loss is the mean over all of them.

    Args:
        embeddings: Of all texts that are named here, shape (texts, dims).
        answers: What people said of each to every question, as an index, shape (texts,); read where
            they were asked.
        pilot: What both learners learn from, beside their lessons.
        rounds: The rounds in order; the texts of each by their places.
        rank: Where each text stands in the order that chance goes through, shape (texts,).
        population: How many texts the rounds began with, the pilot's left out.

    Returns:
        The rounds that could be judged: all but the first.
    """
    judged: list[JudgedRound] = []
    asked = 0
    for number, one in enumerate(rounds):
        lessons = twins(rounds[:number], rank.tolist().__getitem__)
        drawn = np.array(one.by_chance, dtype=np.intp)
        if lessons.by_chance and len(drawn):
            losses = [
                _losses(embeddings, answers, np.array([*pilot, *lesson]), drawn)
                for lesson in (lessons.by_strategy, lessons.by_chance)
            ]
            judged.append(JudgedRound(losses[0], losses[1], max(1 - asked / population, 0)))
        asked += len(one.by_strategy) + len(one.by_chance)
    return judged


def _losses(
    embeddings: Reals, answers: Sequence[Indices], lesson: Indices, judged: Indices
) -> Floats:
    """Return half of the Brier score of each judged text, the mean over the questions."""
    places = np.concatenate([lesson, judged])
    losses = []
    for one in answers:
        labels = int(one.max()) + 1
        believed = class_probabilities(
            embeddings[places], one[places], labels, np.arange(len(lesson))
        )
        wrong = believed[len(lesson) :] - np.eye(labels)[one[judged]]
        losses.append((wrong**2).sum(axis=1) / 2)
    mean: Floats = np.clip(np.mean(losses, axis=0), 0, 1)
    return mean
