"""How good beliefs are, by people's answers: one loss for every type of answer.

The loss of an answer is its code length under the belief: the negative natural logarithm of the
probability that the belief gives to what people said. Where one candidate of one control is the
answer, the belief is a distribution and says so itself. Where an answer is made of several entries,
is written, or spans several controls, a belief is an answer and the confidence that it is right: it
gives that confidence to people's answer where the two say the same, and elsewhere an equal share of
the rest among all other answers, of which there are as many as people gave. So a belief is not good
for knowing that it is wrong: it must be right, and know when. Answers may be wrong, or opinions;
see `backend.calibration.noisy_labels`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from backend.calibration.noisy_labels import standard_error
from backend.learning.samples import AnsweredItem
from labeling.form.equivalence import Equivalence
from labeling.mathtypes import Floats
from labeling.metrics import expected_calibration_error
from labeling.protocol.learn import HeldOutResult
from labeling.protocol.models import Estimate, Figures

LEAST_LIKELY = 1e-6
"""The smallest probability that a belief gives to an answer: beliefs are kept to so many digits."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Beliefs beside people's answers, in the answers' order.

    Attributes:
        loss: In nats, shape (answers,).
        agrees: Whether people say the same, as 1 or 0; of opinions the share of people who do,
            shape (answers,).
        confidence: That the belief is right, in [0, 1], shape (answers,).
    """

    loss: Floats
    agrees: Floats
    confidence: Floats

    @property
    def figures(self) -> Figures:
        """What these beliefs come to; of one answer at least."""
        return Figures(
            log_loss=mean_of(self.loss),
            accuracy=float(self.agrees.mean()),
            ece=expected_calibration_error(self.confidence, self.agrees),
        )


def judge(
    equivalence: Equivalence, answers: Sequence[AnsweredItem], beliefs: Sequence[HeldOutResult]
) -> Judgement:
    """Hold beliefs against people's answers.

    Args:
        equivalence: The form, and which of its answers say the same.
        answers: What people answered, one at least.
        beliefs: What is believed of each, in the same order, without knowing it.

    Returns:
        Loss, agreement and confidence of each.
    """
    if equivalence.form.is_one_choice:
        rows = [_of_choice(equivalence, *pair) for pair in zip(answers, beliefs, strict=True)]
    else:
        others = max(len({one.answer for one in answers}) - 1, 1)
        rows = [
            _of_whole(equivalence, others, *pair) for pair in zip(answers, beliefs, strict=True)
        ]
    loss, agrees, confidence = np.array(rows, dtype=np.float64).T
    return Judgement(loss, agrees, confidence)


def mean_of(values: Floats) -> Estimate:
    """Return a mean with its interval of 95%, by Student's t.

    Args:
        values: Independent ones, one at least, shape (values,).

    Returns:
        The mean; of a single value without an interval.
    """
    mean = float(values.mean())
    if len(values) < 2:
        return Estimate(value=mean)
    margin = float(stdtrit(len(values) - 1, 0.975)) * standard_error(values)
    return Estimate(value=mean, low=mean - margin, high=mean + margin)


def _of_choice(
    equivalence: Equivalence, answered: AnsweredItem, belief: HeldOutResult
) -> tuple[float, float, float]:
    """Return loss, agreement and confidence, where one candidate is the answer."""
    [control] = equivalence.form.controls
    [part] = belief.parts.values()
    said, labels = answered.by_control[control.from_name], len(control.candidates)
    known = part.distribution
    left_out = max(1 - sum(known.values()), 0.0) / max(labels - len(known), 1)
    shares = answered.shares.get(control.from_name) or {said: 1.0}
    total, is_opinion = sum(shares.values()), control.from_name in answered.shares
    loss = sum(
        share
        / total
        * _loss(known.get(label, left_out), 1.0 if is_opinion else answered.probability, labels)
        for label, share in shares.items()
    )
    return loss, shares.get(belief.answer, 0.0) / total, belief.confidence


def _of_whole(
    equivalence: Equivalence, others: int, answered: AnsweredItem, belief: HeldOutResult
) -> tuple[float, float, float]:
    """Return loss, agreement and confidence of a whole answer, given how many others there are."""
    is_same = equivalence.is_same_answer(belief.answer, answered.answer)
    likely = belief.confidence if is_same else (1 - belief.confidence) / others
    return (
        _loss(likely, answered.probability, others + 1),
        float(is_same),
        belief.confidence,
    )


def _loss(likely: float, reliability: float, labels: int) -> float:
    """Return the nats of an answer that may be wrong; a wrong one is any other label alike."""
    trust = max(reliability, 1 / labels)
    by_mistake = (1 - trust) / max(labels - 1, 1)
    return -float(np.log(by_mistake + (trust - by_mistake) * max(likely, LEAST_LIKELY)))
