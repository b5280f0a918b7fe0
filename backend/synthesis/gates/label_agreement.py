"""Texts that speak against the label that they were written for do not pass.

A calibrated classifier that learned from people's answers alone is asked. It is not asked for its
top label: where one label is rare, even its clearest texts leave it less probable than a frequent
one. A text speaks for a label where it makes the label more probable than it was without the text
(the pointwise mutual information is positive).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.classifiers.base import TextClassifier
from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts


@dataclass(frozen=True, slots=True)
class LabelAgreement(Gate):
    """Refuses texts of which the classifier does not believe the label.

    Attributes:
        classifier: Learned from people's answers; its labels are in the order of the indices.
        least: How many times as probable as among people's answers the label has to be.
    """

    name: ClassVar[str] = "label agreement"

    classifier: TextClassifier
    least: float = 1.0

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Say which texts may pass; see `Gate.judge`."""
        labels = len(self.classifier.labels)
        believed = self.classifier.probabilities(synthetic.texts, synthetic.embeddings)
        # One more answer of each label, so that none that people never gave is infinitely rare.
        shares = (np.bincount(real.labels, minlength=labels) + 1) / (len(real) + labels)
        of_label = believed[np.arange(len(synthetic)), synthetic.labels]
        figures = {
            "same top label": float((believed.argmax(axis=1) == synthetic.labels).mean()),
            "probability of the label": float(of_label.mean()),
        }
        return Verdict(of_label >= self.least * shares[synthetic.labels], figures)
