"""The label's log-probability a byte, so that a long label is not the less probable for its length.

The length is in bytes of UTF-8, as in lm-evaluation-harness's `acc_norm`, since tokens differ from
engine to engine (Gao, "Multiple Choice Normalization in LM Evaluation", 2021).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from backend.confidence.methods.base import LabelBelief
from backend.confidence.methods.label_logprob import LabelLogprob
from backend.engines.model_client import ModelClient
from labeling.errors import TandemError


class LabelLogprobNormalised(LabelLogprob):
    """Divides each label's log-probability by its bytes; one call a text."""

    name = "label-logprob-normalised"

    def ask(self, texts: Sequence[str], model: ModelClient) -> list[LabelBelief | TandemError]:
        """Score the labels; see `ConfidenceMethod`."""
        size = np.array([max(len(label.encode()), 1) for label in self.labels])
        return [
            found
            if isinstance(found, TandemError)
            else replace(found, loglikelihoods=found.loglikelihoods / size)
            for found in super().ask(texts, model)
        ]
