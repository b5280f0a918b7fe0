"""Label priors: what the model says of a label whatever the text, and how to take it out.

A language model prefers some label words before it has read anything. Both corrections divide
the probabilities by an estimate of that preference:

- *contextual*: the answer to content-free texts such as `N/A` (Zhao et al., "Calibrate Before
  Use", ICML 2021);
- *batch*: the mean answer over a sample of the project's own texts (Zhou et al., "Batch
  Calibration", ICLR 2024), which also takes out what the prompt and the domain add.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import log_softmax, logsumexp

from labeling.mathtypes import Floats

CONTENT_FREE = ("N/A", "[MASK]", "…")
"""Texts that say nothing, for the contextual prior."""

FEWEST_TEXTS = 16
"""Texts below which a batch says too little about the prior."""


def log_prior(loglikelihoods: Sequence[Floats] | Floats) -> Floats:
    """Average the answers to several texts, as probabilities.

    Args:
        loglikelihoods: Natural-log likelihood of every label, shape (texts, labels).

    Returns:
        Natural-log probability of every label, shape (labels,).
    """
    answers = log_softmax(np.asarray(loglikelihoods, dtype=np.float64), axis=1)
    mean: Floats = logsumexp(answers, axis=0) - np.log(len(answers))
    return mean


def without_prior(loglikelihoods: Floats, prior: Floats) -> Floats:
    """Take a prior out.

    Args:
        loglikelihoods: Natural-log likelihoods, shape (..., labels).
        prior: Natural-log probabilities, shape (labels,).

    Returns:
        Natural-log probabilities that sum to 1, shape (..., labels).
    """
    corrected: Floats = log_softmax(loglikelihoods - prior, axis=-1)
    return corrected
