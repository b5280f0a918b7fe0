"""A prediction: the model's answer to one task, control by control."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from labeling.errors import AnswerError

UNCALIBRATED = "uncalibrated"
"""What stands in place of a calibrator where no people's answers stand behind the confidence."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a prediction came to be: enough to tell two predictions apart.

    Attributes:
        engine: The engine and the model, such as `transformers:SmolLM2-135M-Instruct`.
        prompt: Digest of the prompt's template, instruction and examples.
        prior: The correction of label priors: `none`, `contextual` or `batch`.
        calibrator: `UNCALIBRATED`, or the calibrator's name and how many answers it saw.
        truncated: Whether the text was cut in its middle to fit the model's context.
        second_opinion: What answers in place of the language model; None: nothing does.
        missing: The largest probability that the engine may have kept from any label, in [0, 1].
    """

    engine: str
    prompt: str
    prior: str
    calibrator: str
    truncated: bool = False
    second_opinion: str | None = None
    missing: float = 0.0

    @property
    def is_calibrated(self) -> bool:
        """Whether people's answers stand behind the confidence."""
        return self.calibrator != UNCALIBRATED


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What the language model says itself, where a second opinion answers in its place.

    Attributes:
        label: Its answer, a `Candidate.value`.
        probability: Its calibrated probability that this is right, in [0, 1].
    """

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Part:
    """What the model says to one control.

    Attributes:
        answer: In the canonical form of the control's answer type.
        confidence: Probability that the answer is right, in [0, 1].
        distribution: Where one of the control's candidates is the answer, the probability of each,
            summing to 1. Where the answer is made of several, each one's own probability: by label,
            by span, `[0,5,"PER"]`, or by what is said of one, `[0,5,"PER","positive"]`. Empty where
            answers are open.
        raw_score: The confidence before priors and calibration, in [0, 1].
        provenance: How it came to be.
        own: The language model's own answer, where a second opinion gave this one; else None.
    """

    answer: str
    confidence: float
    distribution: Mapping[str, float]
    raw_score: float
    provenance: Provenance
    own: OwnAnswer | None = None

    def __post_init__(self) -> None:
        """Refuse what Label Studio would store without a word.

        Raises:
            AnswerError: A probability is not a number in [0, 1].
        """
        own = (self.own.probability,) if self.own else ()
        for number in (self.confidence, self.raw_score, *own, *self.distribution.values()):
            _require_probability(number)


@dataclass(frozen=True, slots=True)
class Prediction:
    """The model's answer to one task.

    Attributes:
        answer: The form's answer.
        confidence: Probability that all of it is right, in [0, 1].
        model_version: The version that answered.
        parts: What is said to each control that shows, by its name; at least one.
    """

    answer: str
    confidence: float
    model_version: str
    parts: Mapping[str, Part]

    def __post_init__(self) -> None:
        """Refuse what Label Studio would store without a word.

        Raises:
            AnswerError: The confidence is not a number in [0, 1].
        """
        _require_probability(self.confidence)

    @classmethod
    def alone(cls, control: str, part: Part, model_version: str) -> "Prediction":
        """Make the prediction of a form with one control.

        Args:
            control: Its name.
            part: What is said to it.
            model_version: The version that answered.

        Returns:
            The prediction, as sure as its only part.
        """
        return cls(part.answer, part.confidence, model_version, {control: part})

    @property
    def raw_score(self) -> float:
        """Probability that all of it is right, before priors and calibration, in [0, 1]."""
        return math.prod(part.raw_score for part in self.parts.values())

    @property
    def calibrator(self) -> str:
        """What stands behind the confidence; `UNCALIBRATED` where any part has nothing behind."""
        behind = [part.provenance.calibrator for part in self.parts.values()]
        return UNCALIBRATED if UNCALIBRATED in behind else "; ".join(dict.fromkeys(behind))

    @property
    def distribution(self) -> Mapping[str, float]:
        """Probability of whole answers; empty where several parts make them."""
        return whole_distribution(
            self.answer, {name: part.distribution for name, part in self.parts.items()}
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one task got no prediction, in one line.

    Attributes:
        error: What is wrong.
        is_passing: Whether asking again may help, since only time was lacking.
    """

    error: str
    is_passing: bool = False


def whole_distribution(
    answer: str, parts: Mapping[str, Mapping[str, float]]
) -> Mapping[str, float]:
    """Return the probability of whole answers, as far as their parts tell.

    Args:
        answer: The form's answer.
        parts: The distribution behind each control that shows, by its name.

    Returns:
        The distribution of the only part, where whole answers are what it is of; else empty.
    """
    only = next(iter(parts.values())) if len(parts) == 1 else {}
    return only if answer in only else {}


def _require_probability(number: float) -> None:
    if not (math.isfinite(number) and 0.0 <= number <= 1.0):
        raise AnswerError(f"{number!r} is not a probability")
