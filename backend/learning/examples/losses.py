"""What a question says of answered items, and its loss there, after calibration out of fold."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from backend.calibration.calibrators import methods_for
from backend.calibration.log_odds import of_right
from backend.calibration.noisy_labels import NoisyLabels
from backend.confidence.priors import FEWEST_TEXTS, log_prior, without_prior
from backend.engines.model_client import Abilities
from backend.engines.steps import Steps, gather
from backend.learning import selection
from backend.learning.fit_choice import opinions
from backend.learning.fit_open import RIGHT_OR_WRONG
from backend.learning.samples import LabeledItem
from backend.questions.base import Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.item import PromptItem
from backend.questions.open import OpenQuestion
from backend.runtime.retry_later import RetryLater
from labeling.errors import TandemError
from labeling.mathtypes import Floats

UNFOUND = 0.01
"""The probability that counts for what people found and the model did not, and the least of all
that it did find."""

Said: TypeAlias = Floats | Mapping[str, float]
"""What was said of an item: of a choice, natural-log likelihoods, shape (methods, labels); of an
answer that is made of entries, each one's probability."""


def say(
    question: Question, items: Sequence[PromptItem], abilities: Abilities
) -> Steps[list[Said | None]]:
    """Ask about items, nothing calibrated.

    Args:
        question: How the model is asked.
        items: What it is asked about.
        abilities: What the engine can do.

    Returns:
        A conversation that ends in what was said of each item, in order; None: it cannot be read.

    Raises:
        RetryLater: The time budget ran out; asking again gets further.
    """
    match question:
        case ChoiceQuestion():
            return _say_choice(question, items, abilities)
        case OpenQuestion():
            return _say_entries(question, items)
    raise TypeError(f"Nothing can be shown to {type(question).__name__}")


def losses(question: Question, answers: Sequence[LabeledItem], said: Sequence[Said]) -> Floats:
    """Return each item's log loss, by a calibration that was fitted without it.

    Of a choice that is the loss of the answer, label priors taken out. Of an answer that is made of
    entries it is the sum over all entries that the model or people named.

    Args:
        question: How the model was asked.
        answers: What people answered.
        said: What the model said of each, in the same order.

    Returns:
        Nats, shape (answers,).
    """
    if isinstance(question, ChoiceQuestion):
        rows = np.array([np.asarray(one) for one in said])
        return _choice_losses(question, answers, rows)
    if isinstance(question, OpenQuestion):
        entries = [one for one in said if isinstance(one, Mapping)]
        return _entry_losses(question, answers, entries)
    raise TypeError(f"Nothing can be shown to {type(question).__name__}")


def _say_choice(
    question: ChoiceQuestion, items: Sequence[PromptItem], abilities: Abilities
) -> Steps[list[Said | None]]:
    prompts = question.prompts(items)
    by_method = yield from gather([one.steps(prompts, abilities) for one in question.methods])
    said: list[Said | None] = []
    for beliefs in zip(*by_method, strict=True):
        for one in beliefs:
            if isinstance(one, RetryLater):
                raise one
        rows = [one.loglikelihoods for one in beliefs if not isinstance(one, TandemError)]
        is_readable = len(rows) == len(beliefs) and bool(np.isfinite(rows).all())
        said.append(np.array(rows) if is_readable else None)
    return said


def _say_entries(question: OpenQuestion, items: Sequence[PromptItem]) -> Steps[list[Said | None]]:
    found = yield from question.find(items)
    for one in found:
        if isinstance(one, RetryLater):
            raise one
    return [None if isinstance(one, TandemError) else one.entries for one in found]


def _choice_losses(
    question: ChoiceQuestion, answers: Sequence[LabeledItem], rows: Floats
) -> Floats:
    corrected = []
    for place, method in enumerate(question.methods):
        own = rows[:, place]
        takes_out = method.takes_prior and len(own) >= FEWEST_TEXTS
        prior = log_prior(own) if takes_out else np.zeros(own.shape[1])
        corrected.append(method.transform(without_prior(own, prior)))
    values = question.values
    labels = NoisyLabels(
        question.pool(None)(np.array(corrected)),
        np.array([values.index(one.answer) for one in answers], dtype=np.intp),
        np.array([one.probability for one in answers]),
        opinions(values, answers),
    )
    choice = selection.choose(labels, methods_for(labels.labels))
    return labels.log_loss(choice.out_of_fold)


def _entry_losses(
    question: OpenQuestion, answers: Sequence[LabeledItem], said: Sequence[Mapping[str, float]]
) -> Floats:
    """Sum over entries; those that people alone named are not the calibration's to judge."""
    rows: list[int] = []
    probabilities: list[float] = []
    is_right: list[bool] = []
    total = np.zeros(len(answers))
    for place, (answered, entries) in enumerate(zip(answers, said, strict=True)):
        named = question.entries_of(answered.answer)
        rows += [place] * len(entries)
        probabilities += entries.values()
        is_right += [name in named for name in entries]
        total[place] = -np.log(UNFOUND) * len(named - entries.keys())
    if not rows:
        return total
    trust = np.array([answers[row].probability for row in rows])
    outcomes = np.where(is_right, 0, 1).astype(np.intp)
    stated = np.clip(probabilities, UNFOUND, 1 - UNFOUND)
    labels = NoisyLabels(of_right(stated.tolist()), outcomes, trust)
    choice = selection.choose(labels, RIGHT_OR_WRONG)
    np.add.at(total, rows, labels.log_loss(choice.out_of_fold))
    return total
