"""What answers teach about a control whose answer is made of entries, or written."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backend.calibration.calibrators import Calibrator
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from backend.calibration.control_model import ControlModel
from backend.calibration.log_odds import of_right
from backend.calibration.noisy_labels import NoisyLabels
from backend.engines.model_client import ModelClient
from backend.learning import selection
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_choice import ControlSamples, LabeledItem
from backend.learning.report import quality
from backend.questions.open import OpenQuestion, RawAnswer
from backend.runtime.retry_later import RetryLater
from labeling.answers.equivalence import Equivalence
from labeling.errors import AnswerError, TandemError

RIGHT_OR_WRONG: Mapping[str, type[Calibrator]] = {
    method.name: method for method in (IdentityCalibrator, Temperature, VectorScaling)
}
"""The calibrators of whether something is right: of the two outcomes one may need a push."""


def fit_open(
    question: OpenQuestion, samples: ControlSamples, model: ModelClient, equivalence: Equivalence
) -> tuple[ControlModel, dict[str, Any], list[Any]]:
    """Fit how often entries and whole answers are right, as people say.

    Args:
        question: What was asked.
        samples: What is learned from.
        model: Scores and writes.
        equivalence: Says when two answers say the same.

    Returns:
        What was taught, a report of the fit in JSON's types, and all that moved what was taught.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
    """
    found = question.find([one.item for one in samples.answers], model)
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
        return ControlModel(), report, []
    entries, of_entries = calibrator_of(*_entry_events(question, pairs))
    whole, of_whole = calibrator_of(*_whole_events(question, pairs, entries, equivalence))
    control_model = ControlModel(entries=entries, whole=whole)
    used = [[one.item.key, one.answer, one.probability] for _, one in pairs]
    names = [entries and entries.name, whole and whole.name]
    return control_model, {**report, "entries": of_entries, **(of_whole or {})}, [used, names]


def calibrator_of(
    probabilities: Sequence[float], is_right: Sequence[bool], reliability: Sequence[float]
) -> tuple[Calibrator | None, dict[str, Any] | None]:
    """Choose how probabilities of being right are calibrated, and report it.

    Args:
        probabilities: Of being right, each in [0, 1].
        is_right: Whether each was, as people say.
        reliability: Probability that people say so rightly.

    Returns:
        None for both where there are too few.
    """
    if len(probabilities) < FEWEST_ANSWERS:
        return None, None
    noisy_labels = NoisyLabels(
        of_right(probabilities),
        np.where(is_right, 0, 1).astype(np.intp),
        np.asarray(reliability, dtype=np.float64),
    )
    choice = selection.choose(noisy_labels, RIGHT_OR_WRONG)
    return choice.calibrator, {
        "chosen": {"log_loss": dict(choice.log_loss), "why": choice.why},
        "before": quality(noisy_labels, np.exp(noisy_labels.log_probabilities)).to_json(),
        "after": quality(noisy_labels, choice.out_of_fold).to_json(),
    }


def _entry_events(
    question: OpenQuestion, pairs: Sequence[tuple[RawAnswer, LabeledItem]]
) -> tuple[list[float], list[bool], list[float]]:
    """List every entry that was found: its probability, whether people have it too, and trust."""
    events = [
        (probability, name in question.entries_of(answered.answer), answered.probability)
        for found, answered in pairs
        for name, probability in found.entries.items()
    ]
    return [e[0] for e in events], [e[1] for e in events], [e[2] for e in events]


def _whole_events(
    question: OpenQuestion,
    pairs: Sequence[tuple[RawAnswer, LabeledItem]],
    entries: Calibrator | None,
    equivalence: Equivalence,
) -> tuple[list[float], list[bool], list[float]]:
    """List every answer: its probability by its entries, whether people say the same, and trust."""
    control = question.control
    made = [question.reassembled(found, entries) for found, _ in pairs]
    return (
        [one.probability for one in made],
        [
            equivalence.is_same(control, one.answer, answered.answer)
            for one, (_, answered) in zip(made, pairs, strict=True)
        ],
        [answered.probability for _, answered in pairs],
    )


def _is_readable(question: OpenQuestion, answer: str) -> bool:
    try:
        question.entries_of(answer)
    except AnswerError:
        return False
    return True
