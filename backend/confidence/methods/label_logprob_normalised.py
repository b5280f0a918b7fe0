"""The label's log-probability a byte, so that a long label is not the less probable for its length.

The length is in bytes of UTF-8, as in lm-evaluation-harness's `acc_norm`, since tokens differ from
engine to engine (Gao, "Multiple Choice Normalization in LM Evaluation", 2021).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from backend.confidence.methods.base import LabelBelief
from backend.confidence.methods.label_logprob import LabelLogprob
from backend.engines import Request, Scored
from labeling.errors import TandemError


class LabelLogprobNormalised(LabelLogprob):
    """Divides each label's log-probability by its bytes; one call per text.

    Example:
        >>> from labeling.controls import Candidate
        >>> from labeling.settings.model_sections import ConfidenceSettings
        >>> from backend.prompts import PromptBuilder
        >>> builder = PromptBuilder([Candidate("+", "good"), Candidate("-", "bad")])
        >>> method = LabelLogprobNormalised(builder, ConfidenceSettings())
        >>> [belief] = method.read([], [Scored(np.array([-2.0, -1.5]))])
        >>> belief.loglikelihoods.tolist()
        [-0.5, -0.5]
    """

    name = "label-logprob-normalised"

    def read(
        self, requests: Sequence[Request], answers: Sequence[Scored | TandemError]
    ) -> list[LabelBelief | TandemError]:
        """Divide the scores by the labels' bytes; see `OneStepMethod`."""
        size = np.array([max(len(label.encode()), 1) for label in self.labels])
        return [
            belief
            if isinstance(belief, TandemError)
            else replace(belief, loglikelihoods=belief.loglikelihoods / size)
            for belief in super().read(requests, answers)
        ]
