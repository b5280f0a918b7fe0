"""Learners as one, as a training puts them together: the teacher of a benchmark."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from backend.calibration.calibration_pipeline import ALONE, pooled_beliefs
from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_ensemble import choose_ensemble
from backend.learning.learners.base import Learner
from backend.learning.learners.calibration import CalibrationWithHead
from backend.learning.learners.judging import judge
from backend.learning.material import Material, Texts
from labeling.mathtypes import Floats, Indices
from tandem.replay.beliefs import Beliefs


@dataclass(frozen=True, slots=True)
class Stack:
    """What all learners came to together.

    Attributes:
        label: Gives probabilities of shape (texts, labels).
        out_of_fold: What it believes of the answered texts, each by learners and weights that did
            not see the answer, in the same shape.
        weights: What each learner counts.
    """

    label: Callable[[Texts], Floats]
    out_of_fold: Floats
    weights: Mapping[str, float]


def material_of(beliefs: Beliefs, known: Indices, open_: Indices) -> Material:
    """Return what some items' gold labels teach, each of them trusted.

    Args:
        beliefs: The items, their texts included.
        known: Those that are answered.
        open_: Those that are not.
    """
    labels = tuple(map(str, range(beliefs.log_probabilities.shape[1])))
    answers = NoisyLabels(
        beliefs.log_probabilities[known], beliefs.gold[known], np.ones(len(known))
    )
    return Material(labels, texts_of(beliefs, known), answers, texts_of(beliefs, open_))


def texts_of(beliefs: Beliefs, rows: Indices) -> Texts:
    """Return the texts of some items, with what is known of them before anything is learned."""
    return Texts(
        tuple(beliefs.texts[row] for row in rows) if beliefs.texts else (),
        beliefs.log_probabilities[rows],
        None if beliefs.embeddings is None else beliefs.embeddings[rows],
    )


def fit_stack(material: Material, learners: Sequence[Learner], budget: float = math.inf) -> Stack:
    """Fit the calibrated model with its head, and learners beside it.

    Args:
        material: What is learned from.
        learners: Those beside the head, the cheapest first; none: the head alone.
        budget: Seconds to judge each.

    Returns:
        All together, or the best of them.
    """
    alone = CalibrationWithHead()
    fitted = {ALONE: alone.fit(material), **{one.name: one.fit(material) for one in learners}}
    judged = {
        name: judge(one, material, time.monotonic, budget).probabilities
        for name, one in zip(fitted, [alone, *learners], strict=True)
    }
    others = {name: one for name, one in judged.items() if name != ALONE}
    choice = choose_ensemble(material.answers, judged[ALONE], others)
    pool = choice.ensemble
    if pool is None:
        return Stack(fitted[ALONE], choice.out_of_fold, {ALONE: 1.0})

    def label(texts: Texts) -> Floats:
        return pooled_beliefs(pool, {name: fitted[name](texts) for name in pool.weights})

    return Stack(label, choice.out_of_fold, pool.weights)
