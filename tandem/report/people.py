"""What the report says of people as a measure: how they lean, how they err, where they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean

import numpy as np
import pandas as pd

from aggregation.quality.anchoring import Anchoring, anchoring
from aggregation.quality.human_error import HumanError, against_gold, from_repeats
from aggregation.subjective.opinions import ControlOpinions
from aggregation.subjective.subjectivity import Subjectivity, soft_labels, subjectivity
from aggregation.votes import Answer, frame, of_people
from labeling.errors import NotEnoughVotes
from routing.standing.standing import PersonStanding

ENOUGH_ANSWERS = 10
"""Answers of a kind below which the anchoring effect would be noise."""
ENOUGH_ITEMS = 10
"""Items below which an error of people, or a difference between them, would be noise."""
SHARE_BINS = 5
MOST_DIVIDED = 5


@dataclass(frozen=True, slots=True)
class ShareBin:
    """Items whose most frequent label has from `low` to `high` of their votes."""

    low: float
    high: float
    items: int


@dataclass(frozen=True, slots=True)
class DividedItem:
    """An item that divides people: its text, and the share of each label that somebody gave it."""

    task: int
    text: str
    shares: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class LabelVariation:
    """How people differ where they genuinely do.

    Attributes:
        is_declared: Whether the settings say that their opinion is asked; else their votes alone
            say it, which cannot tell an opinion from what is hard.
        test: What their votes say of it.
        entropy: Mean entropy of an item's votes, in bits; 0: everybody agrees.
        shares: Items by the share of their most frequent label.
        divided: Those that divide people most.
        contradicted: How often one more person would say something else than the label that most
            would give, as far as all votes tell: the least error that any labels can have by what
            one person an item says. None: it is not known.
    """

    is_declared: bool
    test: Subjectivity
    entropy: float
    shares: tuple[ShareBin, ...]
    divided: tuple[DividedItem, ...]
    contradicted: float | None = None


@dataclass(frozen=True, slots=True)
class HumanReliability:
    """What is known of people as a measure; None where too few answers tell.

    Attributes:
        anchoring: What seeing the model's answer does to people's.
        error: The share of people's blind labels that is wrong, as far as can be told; where people
            genuinely differ, disagreement is no error, so that gold labels alone tell, and nothing
            where their opinion is asked.
        has_gold: It was counted against gold labels; else it follows from repeated votes.
        votes: Votes behind one such label.
        opinions: How people differ, where an error rate is the wrong question.
    """

    anchoring: Anchoring | None = None
    error: HumanError | None = None
    has_gold: bool = False
    votes: int = 1
    opinions: LabelVariation | None = None


@dataclass(frozen=True, slots=True)
class BlindAnswers:
    """What people answered without seeing the model's label, and beside it.

    Attributes:
        answers: All blind answers.
        labels: The label that these give each task.
        first: Votes that every item was asked for at first, whatever they said.
        agreed_blind: Of reviews that were asked blind by chance, whether they agree with the model.
        agreed_shown: The same of reviews beside the pre-label.
    """

    answers: Sequence[Answer]
    labels: Mapping[int, str]
    first: int
    agreed_blind: Sequence[bool]
    agreed_shown: Sequence[bool]


def measure(
    blind: BlindAnswers,
    texts: Mapping[int, str],
    labels: int,
    *,
    seed: int,
    gold: Mapping[int, str] | None = None,
    opinions: ControlOpinions | None = None,
) -> HumanReliability:
    """Measure how reliable people are: how they lean, how they err, where they differ.

    Args:
        blind: What people answered.
        texts: Of the tasks, by id.
        labels: How many labels the control offers.
        seed: Of what is drawn for intervals.
        gold: The true labels, by task, where they are known.
        opinions: What people say of the one control that is asked; None: it is no choice, or there
            are several.

    Returns:
        What is known; parts for which there are too few answers are None.
    """
    answers = of_people(blind.answers)
    items = len({one.task for one in answers})
    votes = max(1, round(len(answers) / items)) if items else 1
    independent = unchosen(answers, blind.first)
    is_declared = opinions is not None and opinions.is_subjective
    variation = None
    if independent["task"].nunique() >= ENOUGH_ITEMS and labels > 1:
        test = subjectivity(independent, labels, seed=seed)
        if is_declared or test.is_subjective:
            repeated = frame(answers)
            repeated = repeated[repeated["task"].isin(independent["task"])]
            variation = _label_variation(test, repeated, texts, opinions)
    error = None
    if gold and not is_declared:
        error = _against(blind.labels, gold)
    elif variation is None and not is_declared:
        error = _repeated(independent, labels, votes, seed)
    return HumanReliability(_anchoring(blind), error, bool(gold), votes, variation)


def unchosen(answers: Sequence[Answer], first: int) -> pd.DataFrame:
    """Keep the first votes on each item that has two or more: as many as are asked of all.

    Further votes are asked because the first ones differ, so counting them would make people look
    more divided than they are.

    Args:
        answers: People's latest answers, by task and time.
        first: Votes that every item is asked for at first.

    Returns:
        Votes `task, worker, label`.
    """
    by_task: dict[int, list[Answer]] = {}
    for answer in answers:
        by_task.setdefault(answer.task, []).append(answer)
    kept = (islice(given, max(2, first)) for given in by_task.values() if len(given) > 1)
    return frame(answer for given in kept for answer in given)


def _anchoring(blind: BlindAnswers) -> Anchoring | None:
    if min(len(blind.agreed_blind), len(blind.agreed_shown)) < ENOUGH_ANSWERS:
        return None
    return anchoring(blind.agreed_shown, blind.agreed_blind)


def _against(labels: Mapping[int, str], gold: Mapping[int, str]) -> HumanError | None:
    try:
        found = against_gold(_series(labels), _series(gold))
    except NotEnoughVotes:
        return None
    return found if found.items >= ENOUGH_ITEMS else None


def _repeated(independent: pd.DataFrame, labels: int, votes: int, seed: int) -> HumanError | None:
    if independent["task"].nunique() < ENOUGH_ITEMS or labels < 2:
        return None
    return from_repeats(independent, labels, votes, seed=seed)


def _label_variation(
    test: Subjectivity,
    votes: pd.DataFrame,
    texts: Mapping[int, str],
    opinions: ControlOpinions | None,
) -> LabelVariation:
    soft = soft_labels(votes)
    p = soft.to_numpy(dtype=np.float64)
    entropy = -(p * np.log2(np.where(p > 0, p, 1.0))).sum(axis=1)
    order = np.lexsort((soft.index.to_numpy(), -entropy))[:MOST_DIVIDED]
    return LabelVariation(
        is_declared=opinions is not None and opinions.is_subjective,
        test=test,
        entropy=float(entropy.mean()),
        shares=_share_bins(p.max(axis=1)),
        divided=tuple(_divided(soft.iloc[[place]], texts) for place in order),
        contradicted=_contradicted(opinions) if opinions else None,
    )


def _contradicted(opinions: ControlOpinions) -> float | None:
    """Return how often one more person would contradict the label that most would give."""
    shares = opinions.distributions.shares
    each = [1 - max(shares[task].values()) for task in opinions.votes]
    return fmean(each) if each else None


def _share_bins(tops: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[ShareBin, ...]:
    """Count items by the share of their most frequent label, in bins of equal width up to 1."""
    places = np.clip(np.ceil(tops * SHARE_BINS - 1e-9).astype(int) - 1, 0, SHARE_BINS - 1)
    counts = np.bincount(places, minlength=SHARE_BINS)
    return tuple(
        ShareBin(place / SHARE_BINS, (place + 1) / SHARE_BINS, int(counts[place]))
        for place in range(int(places.min()), SHARE_BINS)
    )


def _divided(row: pd.DataFrame, texts: Mapping[int, str]) -> DividedItem:
    task = int(row.index[0])
    shares = [(str(label), float(share)) for label, share in row.iloc[0].items() if share > 0]
    ordered = sorted(shares, key=lambda pair: (-pair[1], pair[0]))
    return DividedItem(task, texts.get(task, ""), tuple(ordered))


def _series(labels: Mapping[int, str]) -> "pd.Series[str]":
    return pd.Series(dict(labels), dtype="str")


def checked_people(people: Sequence[PersonStanding]) -> list[PersonStanding]:
    """Return everybody, if anything became of anybody or known answers tell of them; else nobody.

    Args:
        people: How everybody stands.
    """
    is_any = any(one.since is not None or one.controls or one.flags for one in people)
    return list(people) if is_any else []
