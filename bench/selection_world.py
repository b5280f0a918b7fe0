"""A campaign of active learning on texts whose labels are known, with the project's own learner."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import softmax

from backend.calibration.noisy_labels import NoisyLabels
from backend.learning.fit_calibration import FEWEST_ANSWERS, fit_all
from bench.learning import LearningWork
from labeling.mathtypes import Bools, Floats, Indices
from routing.planning.review_rounds import ROUND_GROWTH, ROUND_LEAST
from routing.selection.pool import Pool

Pick: TypeAlias = Callable[[Pool, int, int], Indices]
"""Takes a pool, the size of a batch and a seed; returns the batch, as places in the pool."""


@dataclass(frozen=True, slots=True)
class Curve:
    """How the learner did as answers came in.

    Attributes:
        accuracies: On the tested texts, one a number of answers that was asked for.
        batch_seconds: What picking took, a batch.
    """

    accuracies: tuple[float, ...]
    batch_seconds: tuple[float, ...]


def curve(work: LearningWork, pick: Pick, answers: Sequence[int], pilot: int, seed: int) -> Curve:
    """Run a campaign: a random pilot, then batches between which the learner learns.

    The batches grow as the controller's rounds do.

    Args:
        work: The texts; people's answers are the right labels.
        pick: Picks each batch.
        answers: Numbers of answers after which the learner is judged, ascending.
        pilot: Texts that are picked at random at first; 0: the strategy picks from the first on.
        seed: Of the pilot, and of the strategy.

    Returns:
        How the learner did.
    """
    places = np.flatnonzero(~work.is_tested)
    order = np.random.default_rng(seed).permutation(len(places))
    is_answered = np.zeros(len(places), dtype=np.bool_)
    is_answered[order[:pilot]] = True
    embeddings = work.texts.embeddings
    vectors = None if embeddings is None else embeddings[places].astype(np.float32)
    believed, accuracies, seconds = _beliefs(work, places, is_answered), [], []
    for goal in answers:
        while (known := int(is_answered.sum())) < goal:
            size = min(max(ROUND_LEAST, round(ROUND_GROWTH * known)), goal - known)
            pool = Pool(believed[places], is_answered.copy(), vectors)
            started = time.perf_counter()
            batch = pick(pool, size, seed * 1_000 + known)
            seconds.append(time.perf_counter() - started)
            is_answered[batch] = True
            believed = _beliefs(work, places, is_answered)
        is_right = believed.argmax(axis=1) == work.gold
        accuracies.append(float(is_right[work.is_tested].mean()))
    return Curve(tuple(accuracies), tuple(seconds))


def _beliefs(work: LearningWork, places: Indices, is_answered: Bools) -> Floats:
    """Return what is believed of all texts after so many answers, shape (texts, labels)."""
    logs, embeddings, known = (
        work.texts.log_probabilities,
        work.texts.embeddings,
        places[is_answered],
    )
    if len(known) < FEWEST_ANSWERS:
        language_model: Floats = softmax(logs, axis=1)
        return language_model
    answered = NoisyLabels(logs[known], work.gold[known], np.ones(len(known)))
    of_known = None if embeddings is None else embeddings[known]
    return fit_all(answered, of_known, None).calibration(logs, embeddings)
