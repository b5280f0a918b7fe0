"""Fit a student to a teacher's beliefs and to people's answers: one convex problem, no torch.

The student is a multinomial logit on a text's static embedding and on its tokens, fitted to soft
targets by cross-entropy (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network",
2015) with normal priors. Open texts have the teacher's beliefs as targets, answered ones people's
answers, seen through their errors. One number at the end, learned on answers that the student did
not see, makes its confidence come true (Guo et al., "On Calibration of Modern Neural Networks",
ICML 2017).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import csr_matrix, vstack
from scipy.special import log_softmax, softmax

from backend.calibration.noisy_labels import NoisyLabels, folds
from backend.classifiers.student import Bags, Student, embeddings_of, scaled
from backend.distillation.token_vectors import TokenVectors
from labeling.mathtypes import Bools, Floats

HEAD_RIDGE = 1.0
"""Penalty on the head's weights: nats² for an embedding of length 1."""

TOKEN_RIDGE = 1.0
"""Penalty on what tokens add."""

MOST_STEPS = 60
"""Steps of the fit."""

SHARPEST = 4.0
"""The largest factor, and the inverse of the smallest, by which nats are multiplied at the end."""


@dataclass(frozen=True, slots=True)
class Distilled:
    """A student, and how it does on answers that it did not see.

    Attributes:
        student: Fitted to everything.
        held_out: Its beliefs of the answered texts, each by a student that was fitted without that
            text, shape (answers, labels).
    """

    student: Student
    held_out: Floats


@dataclass(frozen=True, slots=True)
class _Lesson:
    """What is fitted: bags of tokens, their embeddings, and targets that sum to 1."""

    bag: csr_matrix
    embeddings: NDArray[np.float32]
    targets: Floats

    def part(self, where: Bools) -> "_Lesson":
        return _Lesson(self.bag[where], self.embeddings[where], self.targets[where])


def distil(
    labels: Sequence[str],
    vectors: TokenVectors,
    known: Sequence[str],
    answers: NoisyLabels,
    open_: Sequence[str],
    beliefs: Floats,
    progress: Callable[[float], None] = lambda _: None,
) -> Distilled:
    """Fit a student, and judge it on answers that it did not see.

    Args:
        labels: What it tells apart.
        vectors: What tokens mean.
        known: The answered texts.
        answers: People's answers; beside them what the teacher believes of these texts, by the
            other answers, in natural logs.
        open_: Texts that nobody answered.
        beliefs: What the teacher believes of these, shape (open texts, labels).
        progress: Is told which share is done.

    Returns:
        The student, and its beliefs of the answered texts.
    """
    bags = Bags(vectors.tokenizer)
    bag = vstack([*bags.of([*known, *open_])], format="csr")
    targets = np.concatenate([_targets(answers), beliefs])
    lesson = _Lesson(bag, embeddings_of(bag, vectors.vectors), targets)
    is_known = np.arange(len(targets)) < len(known)
    whole = _fit(labels, vectors, lesson, None)
    progress(0.4)
    part, nats = folds(len(known)), np.empty((len(known), len(labels)))
    numbers = np.unique(part)
    for done, number in enumerate(numbers, 1):
        held = is_known.copy()
        held[: len(known)] = part == number
        nats[part == number] = _fit(labels, vectors, lesson.part(~held), whole).nats(bag[held])
        progress(0.4 + 0.6 * done / len(numbers))
    factor = _sharpness(nats, answers)
    return Distilled(whole.sharpened(factor), softmax(nats * factor, axis=1))


def _targets(answers: NoisyLabels) -> Floats:
    """Return what is probably right of each answered text, by people and teacher together."""
    trust, by_mistake = answers.trust[:, None], answers.by_mistake[:, None]
    told = by_mistake + (trust - by_mistake) * answers.said
    if answers.shares is not None:
        return told
    fused = told * np.exp(answers.log_probabilities)
    total = fused.sum(axis=1, keepdims=True)
    return np.where(total > 0, fused / np.where(total > 0, total, 1.0), told)


def _fit(
    labels: Sequence[str], vectors: TokenVectors, lesson: _Lesson, start: Student | None
) -> Student:
    """Fit the weights, from those of another student where there is one."""
    width, dims = len(labels), lesson.embeddings.shape[1]
    tokens = np.unique(lesson.bag.indices)
    own = scaled(lesson.bag)[:, tokens]
    cuts = dims * width, (dims + len(tokens)) * width

    def unpacked(weights: Floats) -> tuple[Floats, Floats, Floats]:
        head, says, bias = np.split(weights, cuts)
        return head.reshape(dims, width), says.reshape(len(tokens), width), bias

    def loss(weights: Floats) -> tuple[float, Floats]:
        head, says, bias = unpacked(weights)
        single = (lesson.embeddings @ head.astype(np.float32), own @ says.astype(np.float32))
        logs = log_softmax(sum(single) + bias, axis=1)
        residual = np.exp(logs) - lesson.targets
        small = residual.astype(np.float32)
        gradient = (
            lesson.embeddings.T @ small + HEAD_RIDGE * head,
            own.T @ small + TOKEN_RIDGE * says,
            residual.sum(axis=0),
        )
        penalty = HEAD_RIDGE * (head**2).sum() + TOKEN_RIDGE * (says**2).sum()
        value = -(lesson.targets * logs).sum() + penalty / 2
        return float(value), np.concatenate([one.ravel() for one in gradient])

    begin: Floats = np.zeros(cuts[1] + width)
    if start:
        parts = (start.head, start.tokens[tokens], start.bias)
        begin[:] = np.concatenate([one.ravel() for one in parts])
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    head, says, bias = unpacked(found.x)
    table = np.zeros((len(vectors.vectors), width), dtype=np.float32)
    table[tokens] = says
    return Student(
        tuple(labels),
        vectors.tokenizer,
        vectors.vectors,
        head.astype(np.float32),
        table,
        bias.astype(np.float32),
    )


def _sharpness(nats: Floats, answers: NoisyLabels) -> float:
    """Return the factor on nats that explains people's answers best."""
    reach = float(np.log(SHARPEST))

    def loss(logarithm: float) -> float:
        return float(answers.log_loss(softmax(nats * np.exp(logarithm), axis=1)).mean())

    found = minimize_scalar(loss, bounds=(-reach, reach), method="bounded")
    return float(np.exp(found.x))
