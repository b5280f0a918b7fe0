"""Texts that were to be hard to tell, and that a classifier is sure about, do not pass.

What a learner is unsure about teaches it most (margin sampling, Scheffer et al. 2001). A model
that is asked for such a text often writes a plain one, which zero-shot gives for less.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.classifiers.base import TextClassifier
from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Floats


@dataclass(frozen=True, slots=True)
class Doubt(Gate):
    """Keeps those texts with a rival label whose top two labels are as near as many real texts'.

    Attributes:
        classifier: Learned from people's answers; its labels are in the order of the indices.
        most: The margin between the top two labels above which a text is plain, in [0, 1].
    """

    name: ClassVar[str] = "doubt"

    classifier: TextClassifier
    most: float

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:  # noqa: ARG002 - a gate's
        """Say which texts may pass; see `Gate.judge`."""
        margin = margins(self.classifier.probabilities(synthetic.texts, synthetic.embeddings))
        is_hard = synthetic.has_rival
        figures = {"margin": float(margin.mean()), "most": self.most}
        if is_hard.any():
            figures["margin of the hard"] = float(margin[is_hard].mean())
        return Verdict(~(is_hard & (margin > self.most)), figures)


def margins(believed: Floats) -> Floats:
    """Return by how much each text's top label is more probable than its second, shape (texts,).

    Args:
        believed: Probabilities, shape (texts, labels).
    """
    if believed.shape[1] < 2:
        return np.ones(len(believed))
    second, top = np.sort(believed, axis=1)[:, -2:].T
    found: Floats = top - second
    return found
