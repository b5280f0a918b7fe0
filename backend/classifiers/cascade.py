"""A cascade: the student answers what it is sure of, at a stated loss of accuracy.

The threshold is learned on answered texts that neither student nor teacher saw. Thresholds are
tested in a fixed sequence, from the safest on, up to the first that fails (Angelopoulos et al.,
"Learn then Test", 2021): a sequence that is fixed in advance needs no correction for the tries.
Each is tested by the exact distribution of the paired difference, the number of texts that the
teacher alone has right less those that the student alone has; how often they differ at all is not
known, and is bounded from the same texts (Berger and Boos, "P values maximized over a confidence
set for the nuisance parameter", JASA 1994).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit
from scipy.stats import beta

from labeling.mathtypes import Bools, Floats

THRESHOLDS = expit(np.linspace(8.0, -4.0, 121))
"""Confidences from which on the student may answer, from the safest on."""

NUISANCE_SHARE = 0.1
"""The part of the risk that is spent on how often teacher and student differ."""

NUISANCES = 8
"""Rates of difference at which the tail is looked up, up to the largest that is plausible."""


@dataclass(frozen=True, slots=True)
class HeldOutAnswers:
    """Answered texts that neither teacher nor student saw.

    Attributes:
        confidence: Of the student, in [0, 1], shape (texts,).
        student_is_right: Whether it says what people say, shape (texts,).
        teacher_is_right: Whether the teacher does, shape (texts,).
    """

    confidence: Floats
    student_is_right: Bools
    teacher_is_right: Bools

    def __len__(self) -> int:
        return len(self.confidence)


@dataclass(frozen=True, slots=True)
class CascadeRule:
    """From which confidence on the student answers.

    Attributes:
        threshold: The least confidence; None: no threshold keeps the stated loss, and the teacher
            answers everything.
        loss: The stated loss: the accuracy of the teacher alone, less that of the cascade.
        risk: The probability that the loss is larger.
        share: Share of the held-out texts that the student answers.
    """

    threshold: float | None
    loss: float
    risk: float
    share: float

    def is_sure(self, probabilities: Floats) -> Bools:
        """Return which texts the student answers, shape (texts,).

        Args:
            probabilities: The student's, shape (texts, labels).
        """
        if self.threshold is None:
            return np.zeros(len(probabilities), dtype=np.bool_)
        return np.asarray(probabilities.max(axis=1) >= self.threshold, dtype=np.bool_)


def choose_rule(
    held_out: HeldOutAnswers, loss: float, risk: float = 0.05, informative: float = 1.0
) -> CascadeRule:
    """Find the lowest threshold that keeps a stated loss, but for a stated risk.

    Args:
        held_out: Drawn as the texts are that will be answered.
        loss: Accuracy that may be lost, in (0, 1).
        risk: Probability that the threshold loses more, in (0, 1).
        informative: How much an answer tells of the truth: the probability that it is right, less
            that of each wrong label. Where people err, a difference in what they agree with is so
            much smaller than the difference in what is right.

    Returns:
        The rule.
    """
    threshold, share = None, 0.0
    tested = (-1, -1)
    for tried in THRESHOLDS:
        answered = held_out.confidence >= tried
        lost = int((answered & held_out.teacher_is_right & ~held_out.student_is_right).sum())
        won = int((answered & held_out.student_is_right & ~held_out.teacher_is_right).sum())
        if (lost, won) != tested:
            tested = (lost, won)
            if p_value(*tested, len(held_out), loss * informative, risk * NUISANCE_SHARE) > risk:
                break
        threshold, share = float(tried), float(answered.mean())
    return CascadeRule(threshold, loss, risk, share)


def p_value(lost: int, won: int, texts: int, loss: float, spent: float) -> float:
    """Return how plausible it is that more than a stated share of the texts is lost.

    Args:
        lost: Texts that the teacher alone has right.
        won: Texts that the student alone has right.
        texts: All texts.
        loss: The share of texts, lost less won, that is tested.
        spent: Risk that is spent on the rate at which they differ.

    Returns:
        An upper bound on the probability of a difference as small as this one, were the expected
        loss `loss` or more; at most 1.

    Examples:
        >>> round(p_value(0, 0, 1000, 0.01, 0.0005), 4)
        0.0005
        >>> p_value(12, 0, 1000, 0.01, 0.0005) > 0.5
        True
    """
    if texts == 0:
        return 1.0
    differ = lost + won
    most = float(beta.ppf(1 - spent, differ + 1, texts - differ)) if differ < texts else 1.0
    if most < loss:
        return spent
    tails = [_tail(lost - won, texts, rate, loss) for rate in np.linspace(loss, most, NUISANCES)]
    return min(1.0, max(tails) + spent)


def _tail(difference: int, texts: int, rate: float, loss: float) -> float:
    """Return the probability of at most a difference, where they differ at a rate and lose so much.

    The difference is a sum of independent steps of +1, 0 and -1, whose characteristic function is
    known: its distribution is the inverse discrete Fourier transform of that.
    """
    lose, win = (rate + loss) / 2, (rate - loss) / 2
    sums = 2 * texts + 1
    angles = -2j * np.pi * np.arange(texts + 1) / sums
    characteristic = (1 - rate + lose * np.exp(angles) + win * np.exp(-angles)) ** texts
    # Of a sum of k the probability stands at place k, and of -k at the k-th from the end.
    probabilities = np.fft.irfft(characteristic, sums)
    return float(np.roll(probabilities, texts)[: texts + difference + 1].sum())
