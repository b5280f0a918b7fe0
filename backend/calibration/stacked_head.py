"""A second opinion: a small head over the LLM's distribution and the text's embedding.

Two closed steps, so that 2,000 answers are fitted in a second and any number of labels will do:

1. *Class scores* by ridge regression of the answers, less their mean, on the embedding. Leaving
   each answer out has a closed form (Allen's PRESS), so the scores of answered texts come from a
   model that never saw their answer. There is no intercept and no indicator among the features:
   left out, each of these would tell which answer it lacks. The penalty is the one whose scores
   serve the second step best. Without embeddings there are no class scores.
2. *Stacking*: a multinomial logit over the LLM's log probabilities, its answer and the class
   scores, fitted to what people said (`backend.calibration.stacking_logit`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from backend.calibration.stacking_logit import MOST_CONFUSED, fit_logit, judge
from labeling.json_values import count, number_lists, numbers, record
from labeling.mathtypes import Floats, Indices

PENALTIES = (3.0, 10.0, 30.0)
"""Ridge penalties to choose from, for embeddings of length `EMBEDDING_LENGTH`."""

EMBEDDING_LENGTH = 2.0
"""What normalised embeddings are scaled to, beside the LLM's answer with length 1."""

FOLDS = 20
"""Parts that answers are cut into for judging the head: few answers left out at a time, since a
head that lacks a fifth of them looks less sure than it is."""


@dataclass(frozen=True, slots=True, eq=False)
class StackedHead:
    """A fitted head.

    Attributes:
        centre: Mean embedding, shape (dims,); empty where texts have none.
        ridge: Weights of the class scores, shape (features, labels).
        weights: Of the logit: three shared ones and, where labels are few, one shift a label and a
            row of labels for each feature that every label weighs in its own way.
        answers: People's answers that it was fitted on.

    Example:
        >>> sure = np.log(np.tile([0.9, 0.1], (50, 1)))
        >>> answers = np.repeat([0, 1], [30, 20])  # right in 30 cases of 50
        >>> head, out_of_fold = fit(sure, None, answers)
        >>> head(sure[:1], None).round(2).tolist()
        [[0.6, 0.4]]
    """

    centre: Floats
    ridge: Floats
    weights: Floats
    answers: int

    @property
    def description(self) -> str:
        """Its name and what stands behind it, for a prediction's provenance."""
        return f"second opinion, {self.answers} answers"

    def __call__(self, log_probabilities: Floats, embeddings: Floats | None) -> Floats:
        """Judge texts.

        Args:
            log_probabilities: The LLM's, natural logs, shape (texts, labels).
            embeddings: Normalised, shape (texts, dims); None where it was fitted without.

        Returns:
            Probabilities, shape (texts, labels).
        """
        features = _features(log_probabilities, embeddings, self.centre)
        return judge(self.weights, log_probabilities, features @ self.ridge)

    def sharpened(self, slope: float) -> Self:
        """Return it with log-probabilities times a slope: below 1 it is less sure of the same."""
        return replace(self, weights=self.weights * slope)

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types; six significant digits are kept."""
        return {
            "centre": _rounded(self.centre),
            "ridge": _rounded(self.ridge),
            "weights": _rounded(self.weights),
            "answers": self.answers,
            "labels": self.ridge.shape[1],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "centre", "ridge", "weights", "answers", "labels")
        centre = np.array(numbers(found["centre"]))
        return cls(
            centre=centre,
            ridge=np.array(number_lists(found["ridge"])).reshape(
                len(centre), count(found["labels"])
            ),
            weights=np.array(numbers(found["weights"])),
            answers=count(found["answers"]),
        )


def fit(
    log_probabilities: Floats,
    embeddings: Floats | None,
    answers: Indices,
    reliability: Floats | None = None,
    shares: Floats | None = None,
) -> tuple[StackedHead, Floats]:
    """Fit a head, and judge each text by heads that did not see its answer.

    Args:
        log_probabilities: The LLM's, natural logs, shape (answers, labels).
        embeddings: Normalised, shape (answers, dims); None: there are none.
        answers: The label that people gave each text, as an index, shape (answers,).
        reliability: Probability that each answer is right, shape (answers,); None: all are.
        shares: The share of people who give each label, shape (answers, labels), where their
            opinion is asked: what the head is fitted to in place of answers. None: it is not.

    Returns:
        The head, and probabilities of shape (answers, labels), out of fold.
    """
    said, trust = _said(answers, reliability, shares, log_probabilities.shape[1])
    head, left_out = _fit_both(log_probabilities, embeddings, said, trust)
    return head, _out_of_fold(log_probabilities, left_out, said, trust, head.weights)


def fit_weighted(
    log_probabilities: Floats,
    embeddings: Floats | None,
    answers: Indices,
    weights: Floats,
    reliability: Floats | None = None,
    shares: Floats | None = None,
) -> StackedHead:
    """Fit a head to answers of which some count less than others.

    Args:
        log_probabilities: See `fit`, as all below.
        embeddings: The embeddings.
        answers: The answers.
        weights: How much each answer counts, above 0, shape (answers,); an answer of weight 2 is as
            good as two.
        reliability: Probability that each answer is right.
        shares: The share of people who give each label.

    Returns:
        The head.
    """
    said, trust = _said(answers, reliability, shares, log_probabilities.shape[1])
    return _fit_both(log_probabilities, embeddings, said, trust, weights)[0]


def _said(
    answers: Indices, reliability: Floats | None, shares: Floats | None, labels: int
) -> tuple[Floats, Floats]:
    """Return the share of each label in what people said, and how far each answer is trusted."""
    if shares is not None:
        return shares, _trust(answers, None, labels)
    return np.eye(labels)[answers], _trust(answers, reliability, labels)


def _fit_both(
    log_probabilities: Floats,
    embeddings: Floats | None,
    said: Floats,
    trust: Floats,
    weights: Floats | None = None,
) -> tuple[StackedHead, Floats]:
    """Fit class scores and logit; return them, and the scores of each text when it is left out."""
    labels = log_probabilities.shape[1]
    centre = (
        np.average(embeddings, axis=0, weights=weights) if embeddings is not None else np.empty(0)
    )
    features = _features(log_probabilities, embeddings, centre)
    by_mistake = ((1 - trust) / max(labels - 1, 1))[:, None]
    targets = by_mistake + (trust[:, None] - by_mistake) * said
    targets = targets - np.average(targets, axis=0, weights=weights)
    # Rows that are scaled by the root of their weight make the regression a weighted one.
    roots = np.ones((len(said), 1)) if weights is None else np.sqrt(weights)[:, None]
    fits = []
    for ridge, scaled in _ridges(features * roots, targets * roots):
        left_out = scaled / roots
        fitted, loss = fit_logit(log_probabilities, left_out, said, trust, weights=weights)
        fits.append((loss, fitted, ridge, left_out))
    _, fitted, ridge, left_out = min(fits, key=lambda one: one[0])
    return StackedHead(centre, ridge, fitted, len(said)), left_out


def _ridges(features: Floats, targets: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Regress on the features with each penalty.

    Yields:
        The weights, shape (features, labels), and the scores of every text when it is left out,
        shape (texts, labels).
    """
    values, vectors = np.linalg.eigh(features.T @ features)
    turned = features @ vectors
    explained = turned.T @ targets
    for penalty in PENALTIES if len(values) else PENALTIES[:1]:
        shrinkage = 1 / (np.maximum(values, 0) + penalty)
        leverage = turned**2 @ shrinkage
        residual = targets - turned @ (shrinkage[:, None] * explained)
        yield (
            vectors @ (shrinkage[:, None] * explained),
            targets - residual / (1 - leverage)[:, None],
        )


def _out_of_fold(
    log_probabilities: Floats, scores: Floats, said: Floats, trust: Floats, start: Floats
) -> Floats:
    """Stack with the answers of one part left out at a time; the scores left theirs out already.

    Of many labels three weights are all that is fitted, and no one answer moves them.
    """
    if log_probabilities.shape[1] > MOST_CONFUSED:
        return judge(start, log_probabilities, scores)
    part = np.random.default_rng(0).permutation(len(said)) % FOLDS
    judged = np.empty_like(log_probabilities)
    for number in range(FOLDS):
        held = part == number
        given = (log_probabilities[~held], scores[~held], said[~held], trust[~held])
        weights, _ = fit_logit(*given, start)
        judged[held] = judge(weights, log_probabilities[held], scores[held])
    return judged


def _features(log_probabilities: Floats, embeddings: Floats | None, centre: Floats) -> Floats:
    """Return what class scores are regressed on, shape (texts, features or 0)."""
    if embeddings is None:
        return np.empty((len(log_probabilities), 0))
    features: Floats = (embeddings - centre) * EMBEDDING_LENGTH
    return features


def _trust(answers: Indices, reliability: Floats | None, labels: int) -> Floats:
    """Return each answer's probability of being right, never less than chance."""
    if reliability is None:
        return np.ones(len(answers))
    trust: Floats = np.maximum(reliability, 1 / labels)
    return trust


def _rounded(array: Floats) -> Any:
    flat = [float(f"{value:.6g}") for value in array.ravel()]
    return np.reshape(np.array(flat), array.shape).tolist()
