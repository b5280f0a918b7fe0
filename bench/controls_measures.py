"""How good a control's answers are, by its kind, and whether their confidence comes true."""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from labeling.answers.similarity import step_of
from labeling.answers.types import AnswerType, spans_of, strings_of
from labeling.controls import Control
from labeling.form.equivalence import Equivalence
from labeling.mathtypes import Floats
from labeling.metrics import BINS, auroc, bin_of
from labeling.metrics import expected_calibration_error as calibration_error

DRAWS = 200
"""Draws of right and wrong that the error by chance is averaged over."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model says to one control of one item.

    Attributes:
        answer: Its answer; None: it failed.
        confidence: That this is right.
        error: Why it failed; empty where it did not.
    """

    answer: str | None
    confidence: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class AnswerQuality:
    """How good answers and their confidence are.

    Attributes:
        accuracy: Share of the tasks on which the answer says the same as gold's; a failure does
            not.
        scores: What else the kind is judged by; see `scores_of`.
        ece: Expected calibration error over the tasks that were answered; None: there is none.
        ece_by_chance: What it would be on average, so few are the tasks, if the confidence were
            true to the letter.
        auroc: How well confidence ranks right answers above wrong ones; None: all are alike.
        soft_ece: The same error against the share of people who gave the model's answer, in place
            of right or wrong; None: nobody's votes are known.
    """

    accuracy: float
    scores: Mapping[str, float]
    ece: float | None
    ece_by_chance: float | None
    auroc: float | None
    soft_ece: float | None = None


def quality(
    said: Sequence[ModelAnswer],
    gold: Sequence[str],
    is_same: Callable[[str, str], bool],
    scores: Mapping[str, float],
    shares: Sequence[Mapping[str, float]] = (),
) -> AnswerQuality:
    """Judge answers.

    Args:
        said: What was answered, one per task.
        gold: The right answers.
        is_same: Tells whether two answers say the same.
        scores: What else the kind is judged by.
        shares: What people answered, one per task; empty: unknown.

    Returns:
        Accuracy, and how honest the confidence is.
    """
    answered = [place for place, one in enumerate(said) if one.answer is not None]
    pairs = [(said[place].answer or "", gold[place]) for place in answered]
    right = np.array([is_same(answer, truth) for answer, truth in pairs], dtype=np.bool_)
    confidence = np.array([said[place].confidence for place in answered])
    seen = [shares[place].get(said[place].answer or "", 0.0) for place in answered if shares]
    return AnswerQuality(
        accuracy=float(right.sum()) / len(said),
        scores=scores,
        ece=calibration_error(confidence, right) if answered else None,
        ece_by_chance=error_by_chance(confidence) if answered else None,
        auroc=_or_none(auroc(confidence, right)) if answered else None,
        soft_ece=soft_error(confidence, np.array(seen)) if seen else None,
    )


def mean(qualities: Sequence[AnswerQuality]) -> AnswerQuality:
    """Average figures; where one is missing, over the others."""
    names = dict.fromkeys(name for one in qualities for name in one.scores)
    return AnswerQuality(
        accuracy=float(np.mean([one.accuracy for one in qualities])),
        scores={
            name: float(np.mean([one.scores[name] for one in qualities if name in one.scores]))
            for name in names
        },
        ece=_mean(one.ece for one in qualities),
        ece_by_chance=_mean(one.ece_by_chance for one in qualities),
        auroc=_mean(one.auroc for one in qualities),
        soft_ece=_mean(one.soft_ece for one in qualities),
    )


def scores_of(
    control: Control, equivalence: Equivalence, said: Sequence[str | None], gold: Sequence[str]
) -> dict[str, float]:
    """Judge answers by what suits their kind; a failure names nothing, or is unlike everything.

    - `CLASS`: macro F1, over the classes that gold or the model names.
    - `SET`: micro F1, over all values of all tasks.
    - `SPANS`: micro F1 of spans alike in both ends and label, and of pairs of character and label.
    - `SCALE`: the mean distance in steps, of the tasks that were answered; less is better.
    - `PATHS`, `TEXT`, `NUMBER`, `REGIONS`: mean similarity; see `labeling.answers.similarity`.
    - `PAIR`: accuracy tells all.

    Args:
        control: The control.
        equivalence: Compares answers.
        said: Answers, one per task; None: a failure.
        gold: The right answers.

    Returns:
        The scores by name; empty where accuracy says all.
    """
    pairs = [*zip(said, gold, strict=True)]
    match control.answer_type:
        case AnswerType.CLASS:
            return {"macro F1": macro_f1(said, gold)}
        case AnswerType.SET:
            return {"micro F1": micro_f1((_values(a), _values(b)) for a, b in pairs)}
        case AnswerType.SPANS:
            return span_scores(pairs)
        case AnswerType.SCALE:
            steps = [abs(step_of(a) - step_of(b)) for a, b in pairs if a is not None]
            return {"mean error": float(np.mean(steps))} if steps else {}
        case AnswerType.PATHS | AnswerType.TEXT | AnswerType.NUMBER | AnswerType.REGIONS:
            name = "ROUGE-L" if control.answer_type is AnswerType.TEXT else "similarity"
            alike = [0.0 if a is None else equivalence.similarity(control, a, b) for a, b in pairs]
            return {name: float(np.mean(alike))}
    return {}


def span_scores(pairs: Sequence[tuple[str | None, str]]) -> dict[str, float]:
    """Judge answers of `SPANS` against gold: exact F1 and character F1, over all tasks."""
    read = [(spans_of(a or "[]"), spans_of(b)) for a, b in pairs]
    characters = [
        tuple({(at, x) for i, j, x in own for at in range(i, j)} for own in two) for two in read
    ]
    return {
        "span F1": micro_f1((set(a), set(b)) for a, b in read),
        "character F1": micro_f1((a, b) for a, b in characters),
    }


def micro_f1(pairs: Iterable[tuple[Set[Hashable], Set[Hashable]]]) -> float:
    """Return the F1 of sets against sets, their elements pooled; 1 where there are none."""
    common = size = 0
    for one, other in pairs:
        common += len(one & other)
        size += len(one) + len(other)
    return 2 * common / size if size else 1.0


def macro_f1(said: Sequence[str | None], gold: Sequence[str]) -> float:
    """Average the F1 of each class that anybody names.

    Args:
        said: Answers, one per task; None: a failure.
        gold: The right answers.

    Returns:
        The mean F1, in [0, 1].
    """
    classes = sorted({*gold, *(one for one in said if one is not None)})
    each = []
    for name in classes:
        hits = sum(a == b == name for a, b in zip(said, gold, strict=True))
        each.append(2 * hits / (sum(a == name for a in said) + sum(b == name for b in gold)))
    return float(np.mean(each))


def soft_error(confidence: Floats, shares: Floats) -> float:
    """Return the calibration error against shares of people, rather than against right and wrong.

    Args:
        confidence: Of each answer, shape (tasks,).
        shares: Share of people who gave that answer, shape (tasks,).

    Returns:
        The error, in [0, 1]; None where there is no task.
    """
    place = bin_of(confidence)
    gaps = np.bincount(place, weights=confidence - shares, minlength=BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def error_by_chance(confidence: Floats) -> float:
    """Return the mean calibration error of answers that are right as often as is stated."""
    random = np.random.default_rng(0)
    draws = random.random((DRAWS, len(confidence))) < confidence
    return float(np.mean([calibration_error(confidence, drawn) for drawn in draws]))


def halves(count: int, seed: int) -> list[tuple[list[int], list[int]]]:
    """Split items at random in two halves, each of which teaches what is judged on the other.

    Args:
        count: How many items.
        seed: Of the split.

    Returns:
        Pairs of what is learned from and what is judged.
    """
    order = np.random.default_rng(seed).permutation(count).tolist()
    one, other = sorted(order[: count // 2]), sorted(order[count // 2 :])
    return [(one, other), (other, one)]


def reasons(said: Iterable[ModelAnswer]) -> dict[str, int]:
    """Count failures by their reason, the most frequent first; what is particular is left out."""
    particular = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?")
    errors = (particular.sub("…", one.error) for one in said if one.answer is None)
    return dict(Counter(errors).most_common())


def _values(answer: str | None) -> set[Hashable]:
    return set(strings_of(answer)) if answer else set()


def _or_none(figure: float) -> float | None:
    return None if np.isnan(figure) else figure


def _mean(figures: Iterable[float | None]) -> float | None:
    known = [one for one in figures if one is not None]
    return float(np.mean(known)) if known else None
