"""What a smaller model costs on people's answers that it did not see, and if that is allowed."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from backend.calibration.calibrators import methods_for
from backend.calibration.noisy_labels import NoisyLabels
from backend.compression.answers import AnsweredTexts
from backend.confidence.priors import log_prior, without_prior
from backend.engines import Engine
from backend.learning import selection
from backend.learning.report import QualityReport, quality
from labeling.errors import EngineError
from labeling.mathtypes import Bools, Floats

MOST_LOSS = 0.02
"""The loss of accuracy that is allowed where nothing else is said, as a share of all answers."""

WARM_UP = 2
"""Texts that are scored before the clock runs, so that what all prompts begin with is read."""

_Z = 1.959963984540054
"""Standard errors on either side of an interval of 95%."""

_NEAR = 1e-9
"""How near to its ends an edge of an interval is looked for."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A model on people's answers.

    Attributes:
        loglikelihoods: Natural-log probability of each label as the engine tells it, shape (texts,
            labels).
        probabilities: Once the labels' prior was taken out, and calibrated out of fold; the same
            shape.
        quality: How good these are.
        is_right: Whether the most probable label is people's, shape (texts,).
        weight_bytes: Bytes of its weights in memory.
        texts_per_second: What it scored, on the machine that this ran on.
    """

    loglikelihoods: Floats
    probabilities: Floats
    quality: QualityReport
    is_right: Bools
    weight_bytes: int
    texts_per_second: float


@dataclass(frozen=True, slots=True)
class AccuracyLoss:
    """By how much the smaller model is less often right, on the same answers.

    Attributes:
        value: The share of the answers that it lost, less the share that it won.
        low: Where its interval of 95% begins.
        high: Where it ends.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class CompressionReport:
    """What a smaller model costs.

    Attributes:
        answers: How many of people's answers both were judged on.
        original: How good the original is.
        smaller: How good the smaller one is.
        loss: Of accuracy.
        most_loss: The largest loss that is allowed.
        nats: Mean distance of the labels' log-probabilities, as the engine tells them, in nats.
        same_answer: The share of texts that both give the same label, once calibrated.
        bytes_ratio: Bytes of weights, as a share of the original's.
        speed_ratio: Texts a second, as a multiple of the original's.
        weight_bytes: Bytes of the weights of the original, and of the smaller one.
        texts_per_second: Of the original, and of the smaller one.
    """

    answers: int
    original: QualityReport
    smaller: QualityReport
    loss: AccuracyLoss
    most_loss: float
    nats: float
    same_answer: float
    bytes_ratio: float
    speed_ratio: float
    weight_bytes: tuple[int, int]
    texts_per_second: tuple[float, float]

    @property
    def is_accepted(self) -> bool:
        """Whether the loss stays within what is allowed, with its whole interval."""
        return self.loss.high <= self.most_loss

    @property
    def why(self) -> str:
        """Why it is accepted or not, in one line."""
        loss = self.loss
        found = f"{loss.value:+.1%} of accuracy lost [{loss.low:+.1%}, {loss.high:+.1%}]"
        relation = "within" if self.is_accepted else "not surely within"
        return f"{found} on {self.answers} answers: {relation} the {self.most_loss:.1%} allowed"

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        return {**asdict(self), "is_accepted": self.is_accepted, "why": self.why}


def measure(
    engine: Engine,
    weight_bytes: int,
    texts: AnsweredTexts,
    clock: Callable[[], float] = time.perf_counter,
) -> Measured:
    """Ask a model about texts, calibrate it out of fold, and judge it by people's answers.

    Args:
        engine: Holds the model.
        weight_bytes: Bytes of its weights.
        texts: The texts and answers.
        clock: Returns the time, in seconds.

    Returns:
        What it said, and how good that is.

    Raises:
        EngineError: It cannot score a text, or gives no finite scores.
    """
    engine.loglikelihood(texts.requests[:WARM_UP])
    began = clock()
    scored = engine.loglikelihood(texts.requests)
    seconds = clock() - began
    rows = []
    for one in scored:
        if isinstance(one, EngineError):
            raise one
        rows.append(one.loglikelihoods)
    loglikelihoods = np.array(rows, dtype=np.float64)
    if not np.isfinite(loglikelihoods).all():
        raise EngineError("The model gives no finite scores", where=engine.name)
    corrected = without_prior(loglikelihoods, log_prior(loglikelihoods))
    labels = NoisyLabels(corrected, texts.answers, np.ones(len(texts)))
    probabilities = selection.choose(labels, methods_for(labels.labels)).out_of_fold
    return Measured(
        loglikelihoods,
        probabilities,
        quality(labels, probabilities),
        probabilities.argmax(axis=1) == texts.answers,
        weight_bytes,
        len(texts) / seconds,
    )


def compare(original: Measured, smaller: Measured, most_loss: float) -> CompressionReport:
    """Hold a smaller model against the original, on the same answers.

    Args:
        original: The original.
        smaller: The smaller one.
        most_loss: The largest loss of accuracy that is allowed, as a share of all answers.

    Returns:
        What it costs.
    """
    distance = np.abs(original.loglikelihoods - smaller.loglikelihoods)
    same = original.probabilities.argmax(axis=1) == smaller.probabilities.argmax(axis=1)
    return CompressionReport(
        answers=len(original.is_right),
        original=original.quality,
        smaller=smaller.quality,
        loss=accuracy_loss(original.is_right, smaller.is_right),
        most_loss=most_loss,
        nats=float(distance.mean()),
        same_answer=float(same.mean()),
        bytes_ratio=smaller.weight_bytes / original.weight_bytes,
        speed_ratio=smaller.texts_per_second / original.texts_per_second,
        weight_bytes=(original.weight_bytes, smaller.weight_bytes),
        texts_per_second=(original.texts_per_second, smaller.texts_per_second),
    )


def accuracy_loss(before: Bools, after: Bools) -> AccuracyLoss:
    """Estimate by how much one model is less often right than another on the same answers.

    The interval is the score interval of Tango, "Equivalence test and confidence interval for the
    difference in proportions for the paired-sample design" (Statistics in Medicine, 1998): it holds
    all losses that a test at 5% does not rule out, so that few answers, all alike, look uncertain.

    Args:
        before: Whether the first is right, shape (answers,), one at least.
        after: Whether the second is.

    Returns:
        The share lost less the share won, with its interval of 95%.

    Examples:
        >>> import numpy as np
        >>> alike = np.array([True] * 188)
        >>> round(accuracy_loss(alike, alike).high, 3)
        0.02
    """
    count = len(before)
    lost, won = int((before & ~after).sum()), int((~before & after).sum())
    value = (lost - won) / count
    return AccuracyLoss(
        value,
        _edge(count, lost, won, -1.0, value, _Z),
        _edge(count, lost, won, value, 1.0, -_Z),
    )


def _edge(count: int, lost: int, won: int, low: float, high: float, wanted: float) -> float:
    """Find the loss whose score is as wanted, between two that it lies between."""
    if high - low < 2 * _NEAR:
        return low if wanted > 0 else high

    def beyond(loss: float) -> float:
        return _score(count, lost, won, loss) - wanted

    return float(brentq(beyond, low + _NEAR, high - _NEAR))


def _score(count: int, lost: int, won: int, loss: float) -> float:
    """Return how many standard errors the loss that was seen lies above a supposed one.

    The share won is the most probable one under the supposed loss.
    """
    a = 2.0 * count
    b = (a - lost + won) * loss - lost - won
    c = -won * loss * (1 - loss)
    share_won = (np.sqrt(max(b * b - 4 * a * c, 0.0)) - b) / (2 * a)
    variance = count * (2 * share_won + loss * (1 - loss))
    return float((lost - won - count * loss) / np.sqrt(max(variance, 1e-300)))
