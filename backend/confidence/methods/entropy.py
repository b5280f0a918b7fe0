"""How far the labels' distribution is from an even one, as confidence of its top label.

The confidence is 1/K + (1 - 1/K)(1 - H / ln K), with H the entropy and K the labels: 1/K where all
are alike, 1 where one has everything. The top label gets it, and the others share the rest as
before, so that their order never changes.
"""

import numpy as np
from scipy.special import entr, softmax

from backend.confidence.as_distribution import as_distribution
from backend.confidence.methods.label_logprob import LabelLogprob
from labeling.mathtypes import Floats


class Entropy(LabelLogprob):
    """Takes the entropy of `label-logprob`'s distribution as confidence; one call per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = Entropy(builder, ConfidenceSettings())
        >>> np.exp(method.transform(np.log([[0.9, 0.1]]))).round(2).tolist()
        [[0.77, 0.23]]
    """

    name = "entropy"

    def transform(self, log_probabilities: Floats) -> Floats:
        """Set the top label to what the entropy leaves; see `ConfidenceMethod`."""
        labels = log_probabilities.shape[-1]
        probabilities = softmax(log_probabilities, axis=-1)
        entropy = entr(probabilities).sum(axis=-1)
        signal = np.clip(1 - entropy / np.log(max(labels, 2)), 0, 1)
        return as_distribution(probabilities, 1 / labels + (1 - 1 / labels) * signal)
