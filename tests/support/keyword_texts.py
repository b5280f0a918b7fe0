"""Texts whose label is told by a word in them, as learners meet them."""

from collections.abc import Sequence

import numpy as np

from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats

FILLERS = ("the", "a", "then", "here", "again", "soon", "and", "so")


def keyword(label: int) -> str:
    """Return the word that tells a label."""
    return "word" + "".join(chr(ord("a") + int(digit)) for digit in str(label))


def keyword_texts(labels: Sequence[int], seed: int = 0) -> tuple[str, ...]:
    """Write a text for each label: its word among others that tell nothing."""
    random = np.random.default_rng(seed)
    texts = []
    for label in labels:
        words = [keyword(label), *random.choice(FILLERS, size=5)]
        texts.append(" ".join(random.permutation(words)))
    return tuple(texts)


def keyword_material(
    truth: Sequence[int],
    labels: int,
    *,
    answers: Sequence[int] | None = None,
    reliability: Floats | None = None,
    shares: Floats | None = None,
) -> Material:
    """Return answers to texts; the language model is undecided, and there are no embeddings.

    Args:
        truth: The label of each text.
        labels: How many labels there are.
        answers: What people said; None: the truth.
        reliability: Probability that each answer is right; None: 1.
        shares: The share of people who gave each label, where their opinion is asked.
    """
    said = np.array(truth if answers is None else answers, dtype=np.intp)
    undecided = np.full((len(said), labels), -np.log(labels))
    trust = np.ones(len(said)) if reliability is None else reliability
    return Material(
        tuple(f"label {number}" for number in range(labels)),
        Texts(keyword_texts(truth), undecided),
        NoisyLabels(undecided, said, trust, shares),
    )


def fresh_texts(truth: Sequence[int], labels: int) -> Texts:
    """Return other texts of these labels, about which nothing is known."""
    return Texts(keyword_texts(truth, seed=1), np.full((len(truth), labels), -np.log(labels)))
