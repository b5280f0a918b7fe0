"""How far the top label is before the next one, as confidence of the top label.

The confidence is 1/K + (1 - 1/K)(p₁ - p₂), with p₁ and p₂ the two largest probabilities and K the
labels: 1/K where two are alike, 1 where one has everything. The top label gets it, and the others
share the rest as before, or more evenly where the next one would pass it, so that their order never
changes (Scheffer et al., "Active Hidden Markov Models for Information Extraction", 2001).
"""

import numpy as np
from scipy.special import softmax

from backend.confidence.as_distribution import as_distribution
from backend.confidence.methods.label_logprob import LabelLogprob
from labeling.mathtypes import Floats


class Margin(LabelLogprob):
    """Takes the margin of `label-logprob`'s distribution as confidence; one call per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> labels = [Candidate(name, name) for name in ("good", "bad", "mixed")]
        >>> method = Margin(PromptBuilder(labels), ConfidenceSettings())
        >>> np.exp(method.transform(np.log([[0.7, 0.2, 0.1]]))).round(2).tolist()
        [[0.67, 0.22, 0.11]]
    """

    name = "margin"

    def transform(self, log_probabilities: Floats) -> Floats:
        """Set the top label to what the margin leaves; see `ConfidenceMethod`."""
        labels = log_probabilities.shape[-1]
        probabilities = softmax(log_probabilities, axis=-1)
        if labels == 1:
            return np.log(probabilities)
        ordered = np.sort(probabilities, axis=-1)
        return as_distribution(
            probabilities, 1 / labels + (1 - 1 / labels) * (ordered[:, -1] - ordered[:, -2])
        )
