"""What answers teach about a control whose answer is made of entries, or written."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from backend.learning import selection
from backend.learning.calibrators import Calibrator
from backend.learning.calibrators.identity import IdentityCalibrator
from backend.learning.calibrators.scaling import Temperature, VectorScaling
from backend.learning.control_model import Taught
from backend.learning.fit_calibration import FEWEST_ANSWERS
from backend.learning.fit_choice import Answered, Samples
from backend.learning.log_odds import of_right
from backend.learning.noisy_labels import Evidence
from backend.learning.report import quality
from backend.pipeline.model_client import Model
from backend.questions.open import Found, OpenQuestion
from backend.runtime.retry_later import RetryLater
from labeling.answers.equivalence import Equivalence
from labeling.errors import AnswerError, TandemError

RIGHT_OR_WRONG: Mapping[str, type[Calibrator]] = {
    method.name: method for method in (IdentityCalibrator, Temperature, VectorScaling)
}
"""The calibrators of whether something is right: of the two outcomes one may need a push."""


def learn_entries(
    question: OpenQuestion, samples: Samples, model: Model, equivalence: Equivalence
) -> tuple[Taught, dict[str, Any], list[Any]]:
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
        return Taught(), report, []
    entries, of_entries = calibrator_of(*_entry_events(question, pairs))
    whole, of_whole = calibrator_of(*_whole_events(question, pairs, entries, equivalence))
    taught = Taught(entries=entries, whole=whole)
    used = [[one.item.key, one.answer, one.probability] for _, one in pairs]
    names = [entries and entries.name, whole and whole.name]
    return taught, {**report, "entries": of_entries, **(of_whole or {})}, [used, names]


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
    evidence = Evidence(
        of_right(probabilities),
        np.where(is_right, 0, 1).astype(np.intp),
        np.asarray(reliability, dtype=np.float64),
    )
    choice = selection.choose(evidence, RIGHT_OR_WRONG)
    return choice.calibrator, {
        "chosen": {"log_loss": dict(choice.log_loss), "why": choice.why},
        "before": quality(evidence, np.exp(evidence.log_probabilities)).to_json(),
        "after": quality(evidence, choice.crossed).to_json(),
    }


def _entry_events(
    question: OpenQuestion, pairs: Sequence[tuple[Found, Answered]]
) -> tuple[list[float], list[bool], list[float]]:
    """List every entry that was found: its probability, whether people have it too, and trust."""
    events = [
        (probability, name in question.entries_in(answered.answer), answered.probability)
        for found, answered in pairs
        for name, probability in found.entries.items()
    ]
    return [e[0] for e in events], [e[1] for e in events], [e[2] for e in events]


def _whole_events(
    question: OpenQuestion,
    pairs: Sequence[tuple[Found, Answered]],
    entries: Calibrator | None,
    equivalence: Equivalence,
) -> tuple[list[float], list[bool], list[float]]:
    """List every answer: its probability by its entries, whether people say the same, and trust."""
    control = question.control
    made = [question.remade(found, entries) for found, _ in pairs]
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
        question.entries_in(answer)
    except AnswerError:
        return False
    return True
