"""How far synthetic texts speak for the label that they were written for: a figure, and no refusal.

A calibrated classifier that learned from people's answers alone is asked. It is not asked for its
top label: where one label is rare, even its clearest texts leave it less probable than a frequent
one. A text speaks for a label where it makes the label more probable than it was without the text
(the pointwise mutual information is positive).

No text is refused here, since the classifier saw all answers, those too that something is judged on
later: what passed it would fit these too well. Whoever learns asks again, by the answers that it
learns from alone; see `backend.learning.learners.collapse_guard`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.classifiers.base import TextClassifier
from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Bools, Floats, Indices


@dataclass(frozen=True, slots=True)
class LabelAgreement(Gate):
    """Measures how far a classifier believes the labels; lets all pass.

    Attributes:
        classifier: Learned from people's answers; its labels are in the order of the indices.
    """

    name: ClassVar[str] = "label agreement"

    classifier: TextClassifier

    def judge(self, synthetic: SyntheticTexts, real: RealTexts) -> Verdict:
        """Measure; see `Gate.judge`."""
        believed = self.classifier.probabilities(synthetic.texts, synthetic.embeddings)
        of_label = believed[np.arange(len(synthetic)), synthetic.labels]
        figures = {
            "speak for the label": float(
                speak_for_label(believed, synthetic.labels, real.labels).mean()
            ),
            "same top label": float((believed.argmax(axis=1) == synthetic.labels).mean()),
            "probability of the label": float(of_label.mean()),
        }
        return Verdict.all_of(synthetic, figures)


def speak_for_label(believed: Floats, labels: Indices, answers: Indices) -> Bools:
    """Say which texts make their label more probable than it is among people's answers.

    Args:
        believed: Probabilities of each text's labels, shape (texts, labels).
        labels: The label that each was written for, shape (texts,).
        answers: People's answers that the probabilities were learned from, shape (answers,).

    Returns:
        Shape (texts,).
    """
    offered = believed.shape[1]
    # One more answer of each label, so that none that people never gave is infinitely rare.
    shares = (np.bincount(answers, minlength=offered) + 1) / (len(answers) + offered)
    found: Bools = believed[np.arange(len(labels)), labels] >= shares[labels]
    return found
