"""What answers teach about a control whose answer is made of entries, or written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.calibration.calibrators import Calibrator
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.control_model import ControlModel
from backend.calibration.log_odds import of_right
from backend.calibration.noisy_labels import NoisyLabels
from backend.engines.steps import Steps
from backend.learning import selection
from backend.learning.control_fit import ControlFit
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.report import quality
from backend.learning.samples import ControlSamples, LabeledItem
from backend.questions.open import OpenQuestion, RawAnswer
from backend.runtime.retry_later import RetryLater
from labeling.errors import AnswerError, TandemError
from labeling.form.equivalence import Equivalence

RIGHT_OR_WRONG: Mapping[str, type[Calibrator]] = {
    method.name: method for method in (IdentityCalibrator, Temperature, VectorScaling)
}
"""The calibrators of whether something is right: of the two outcomes one may need a push."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that the model said, beside what people say of it.

    Attributes:
        probability: That it is right, by the model, in [0, 1].
        is_right: Whether it is, by people.
        reliability: Probability that people say so rightly.
    """

    probability: float
    is_right: bool
    reliability: float


def fit_open(
    question: OpenQuestion, samples: ControlSamples, equivalence: Equivalence
) -> Steps[ControlFit]:
    """Fit how often entries and whole answers are right, as people say.

    Args:
        question: How the model is asked.
        samples: What is learned from.
        equivalence: Which answers say the same.

    Returns:
        A conversation that ends in the fit.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
    """
    found = yield from question.find([one.item for one in samples.answers])
    for one in found:
        if isinstance(one, RetryLater):
            raise one
    pairs = [
        (one, answered)
        for one, answered in zip(found, samples.answers, strict=True)
        if not isinstance(one, TandemError) and _is_readable(question, answered.answer)
    ]
    report: dict[str, Any] = {"answers": len(pairs), "texts": 0, "open_texts": 0}
    if len(pairs) < FEWEST_ANSWERS:
        return ControlFit(report=report)
    entries, of_entries = calibrator_of(_entry_verdicts(question, pairs))
    whole, of_whole = calibrator_of(_whole_verdicts(question, pairs, entries, equivalence))
    used = [[one.item.key, one.answer, one.probability] for _, one in pairs]
    names = [entries and entries.name, whole and whole.name]
    return ControlFit(
        ControlModel(entries=entries, whole=whole),
        {**report, "entries": of_entries, **(of_whole or {})},
        [used, names],
    )


def calibrator_of(verdicts: Sequence[Verdict]) -> tuple[Calibrator | None, dict[str, Any] | None]:
    """Choose how probabilities of being right are calibrated, and report it in JSON's types.

    Returns:
        None for both where there are too few.
    """
    if len(verdicts) < FEWEST_ANSWERS:
        return None, None
    labels = NoisyLabels(
        of_right([one.probability for one in verdicts]),
        np.array([0 if one.is_right else 1 for one in verdicts], dtype=np.intp),
        np.array([one.reliability for one in verdicts], dtype=np.float64),
    )
    choice = selection.choose(labels, RIGHT_OR_WRONG)
    return choice.calibrator, {
        "chosen": {"log_loss": dict(choice.log_loss), "why": choice.why},
        "before": quality(labels, np.exp(labels.log_probabilities)).to_json(),
        "after": quality(labels, choice.out_of_fold).to_json(),
    }


def _entry_verdicts(
    question: OpenQuestion, pairs: Sequence[tuple[RawAnswer, LabeledItem]]
) -> list[Verdict]:
    """List every entry that was found, and whether people have it too."""
    return [
        Verdict(probability, name in question.entries_of(answered.answer), answered.probability)
        for found, answered in pairs
        for name, probability in found.entries.items()
    ]


def _whole_verdicts(
    question: OpenQuestion,
    pairs: Sequence[tuple[RawAnswer, LabeledItem]],
    entries: Calibrator | None,
    equivalence: Equivalence,
) -> list[Verdict]:
    """List every answer by its calibrated entries, and whether people say the same."""
    verdicts = []
    for found, answered in pairs:
        made = question.reassembled(found, entries)
        is_right = equivalence.is_same(question.control, made.answer, answered.answer)
        verdicts.append(Verdict(made.probability, is_right, answered.probability))
    return verdicts


def _is_readable(question: OpenQuestion, answer: str) -> bool:
    try:
        question.entries_of(answer)
    except AnswerError:
        return False
    return True
