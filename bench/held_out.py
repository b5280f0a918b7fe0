"""What a model believes of items once it learned from noisy labels of the others."""

import numpy as np

from backend.calibration.noisy_labels import FOLDS, NoisyLabels
from backend.learning.fit_calibration import fit_all
from labeling.mathtypes import Floats, Indices
from tandem.replay.beliefs import Beliefs


def held_out(
    beliefs: Beliefs, rows: Indices, labels: Indices, reliability: Floats, *, seed: int
) -> Floats:
    """Judge every item by a calibration that was fitted without it.

    Args:
        beliefs: The items, as the model saw them before it learned.
        rows: The item that each label is of; all labels of one item are left out together.
        labels: The labels, as indices.
        reliability: The probability that each is right.
        seed: Of the folds.

    Returns:
        Probabilities, shape (items, labels).
    """
    items, width = beliefs.log_probabilities.shape
    part = np.random.default_rng(seed).permutation(items) % FOLDS
    believed = np.empty((items, width))
    for fold in range(FOLDS):
        asked, known = part == fold, part[rows] != fold
        taught = NoisyLabels(
            beliefs.log_probabilities[rows[known]], labels[known], reliability[known]
        )
        embedded = beliefs.embeddings
        calibration = fit_all(
            taught, None if embedded is None else embedded[rows[known]], None
        ).calibration
        believed[asked] = calibration(
            beliefs.log_probabilities[asked], None if embedded is None else embedded[asked]
        )
    return believed
