"""From the finished dataset to the report's numbers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import eq
from typing import Any

import pandas as pd

from aggregation.consensus import ProjectConsensus
from aggregation.dataset.tasks import LEFT_TO_MODEL, answers_in
from aggregation.forms.form import answers_by_control
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from labeling.settings.sections import CostSettings
from routing.ledger.records import Round
from routing.planning.costs import rates
from tandem.report import quality
from tandem.report.caveats import caveats_of
from tandem.report.controls import control_quality
from tandem.report.data import (
    Activity,
    ConfidenceBin,
    ControlQuality,
    Counts,
    HardItem,
    MethodComparison,
    ReportData,
    Spending,
)
from tandem.report.people import HumanReliability
from tandem.report.promise import PromiseStatus
from tandem.report.wording import answer_in_words, item_in_words

HISTOGRAM_BINS = 20
HARDEST = 8

NO_STANDING, NO_MEASURE = PromiseStatus(), HumanReliability()
"""Of a project that nobody has answered anything of."""

NO_REASONS: Mapping[str, int] = {}
"""Where every annotation can be read."""


def collect(
    dataset: pd.DataFrame,
    consensus: ProjectConsensus,
    *,
    title: str,
    labels: Sequence[str],
    rounds: Sequence[Round],
    costs: CostSettings,
    at: datetime,
    equivalence: Equivalence | None = None,
    controls: pd.DataFrame | None = None,
    standing: PromiseStatus = NO_STANDING,
    measure: HumanReliability = NO_MEASURE,
    activities: Sequence[Activity] = (),
    comparison: Sequence[MethodComparison] = (),
    votes_alone: int = 3,
    unreadable: Mapping[str, int] = NO_REASONS,
) -> ReportData:
    """Compute the report's numbers.

    Args:
        dataset: What `aggregation.dataset.tasks.build` gave.
        consensus: What it was built of.
        title: The project's title.
        labels: Every label that the control offers.
        rounds: The turns of the loop, in order.
        costs: What labels cost.
        at: When the report is made.
        equivalence: The form, and how its answers are compared; None for one class out of `labels`.
        controls: What `aggregation.dataset.controls.by_control` made of the dataset; None where
            what is asked is one choice.
        standing: Where the promise stands.
        measure: How good people are as a measure of it.
        activities: What reviewers did beside answering.
        comparison: Ways to label measured against gold labels, where gold is known.
        votes_alone: Votes an item that people alone would have given.
        unreadable: How many annotations cannot be read, by the reason.

    Returns:
        The report's numbers.
    """
    answers = answers_in(dataset)
    same = same_by(equivalence)
    is_one_choice = equivalence is None or equivalence.form.is_one_choice
    skills = pd.Series(consensus.skills, dtype="float64")
    checked = _checked(dataset, same)
    predicted = dataset[dataset["model_label"].notna()]
    versions = [round_.model_version for round_ in rounds] or list(predicted["model_version"])
    report = ReportData(
        title=title,
        at=at,
        model_version=versions[-1] if versions else None,
        standing=standing,
        measure=measure,
        calibrated=bool((predicted["model_calibrated"] == True).any()),  # noqa: E712 - a column
        counts=_counts(dataset, len(answers)),
        mean_confidence=_mean_confidence(dataset),
        spending=_spending(dataset, answers, costs, votes_alone),
        confidences=_confidences(predicted),
        calibration=quality.calibration(checked),
        curve=quality.curve(checked, predicted),
        confusion=quality.confusion(checked, labels) if is_one_choice else None,
        controls=_controls(dataset, controls, equivalence),
        reviewers=quality.reviewers(answers, skills, checked, activities, same),
        agreement=quality.agreement(answers, is_one_choice=is_one_choice),
        hardest=_hardest(dataset, equivalence),
        rounds=tuple(rounds),
        comparison=tuple(comparison),
        caveats=(),
    )
    return caveats_of(report, dataset, consensus.method, unreadable)


def same_by(equivalence: Equivalence | None) -> quality.Same:
    """Return what compares two answers: equality, or what the form's controls count.

    What cannot be read as an answer of the form is like nothing but itself.
    """
    if equivalence is None:
        return eq

    def same(one: str, other: str) -> bool:
        if one == other:
            return True
        is_read = all(answers_by_control(equivalence.form, answer) for answer in (one, other))
        return is_read and equivalence.is_same_answer(one, other)

    return same


def _checked(dataset: pd.DataFrame, same: quality.Same) -> pd.DataFrame:
    """Keep what people and the model answered, and tell whether they say the same."""
    both = dataset[dataset["people_label"].notna() & dataset["model_label"].notna()]
    return both.assign(agrees=list(map(same, both["people_label"], both["model_label"])))


def _controls(
    dataset: pd.DataFrame, controls: pd.DataFrame | None, equivalence: Equivalence | None
) -> tuple[ControlQuality, ...]:
    if controls is None or equivalence is None:
        return ()
    return control_quality(dataset, controls, equivalence)


def _counts(dataset: pd.DataFrame, human_labels: int) -> Counts:
    sources = dataset["source"].value_counts().to_dict()
    return Counts(
        items=len(dataset),
        model=sources.get("model", 0),
        people=sources.get("people", 0),
        both=sources.get("both", 0),
        unresolved=int(dataset["label"].isna().sum()),
        human_labels=human_labels,
    )


def _mean_confidence(dataset: pd.DataFrame) -> float | None:
    known = dataset.loc[dataset["label"].notna(), "confidence"].dropna()
    return float(known.mean()) if len(known) else None


def _spending(
    dataset: pd.DataFrame, answers: Sequence[Answer], costs: CostSettings, votes_alone: int
) -> Spending:
    times = [costs.seconds_per_label if a.lead_time is None else a.lead_time for a in answers]
    measured = [a.lead_time for a in answers if a.lead_time is not None]
    at = rates(costs, measured)
    mean = sum(times) / len(times) if times else costs.seconds_per_label
    predicted = int(dataset["model_label"].notna().sum())
    return Spending(
        currency=at.currency,
        cost=at.money(len(answers), predicted),
        cost_alone=at.money(len(dataset) * votes_alone),
        hours=sum(times) / 3600,
        hours_alone=len(dataset) * votes_alone * mean / 3600,
        votes_alone=votes_alone,
        seconds_per_label=mean,
        timed=len(measured) / len(answers) if answers else 0.0,
    )


def _confidences(predicted: pd.DataFrame) -> tuple[ConfidenceBin, ...]:
    """Count predictions in bins of equal width, from the lowest that holds one up to 1."""
    places = (predicted["model_confidence"] * HISTOGRAM_BINS).astype(int)
    places = places.clip(upper=HISTOGRAM_BINS - 1)
    accepted = predicted["decision"].isin(LEFT_TO_MODEL)
    undecided = predicted["decision"].isna()
    reviewed = ~accepted & ~undecided
    lowest = int(places.min()) if len(places) else HISTOGRAM_BINS
    return tuple(
        ConfidenceBin(
            low=place / HISTOGRAM_BINS,
            high=(place + 1) / HISTOGRAM_BINS,
            accepted=int((accepted & (places == place)).sum()),
            reviewed=int((reviewed & (places == place)).sum()),
            undecided=int((undecided & (places == place)).sum()),
        )
        for place in range(lowest, HISTOGRAM_BINS)
    )


def _hardest(dataset: pd.DataFrame, equivalence: Equivalence | None) -> tuple[HardItem, ...]:
    """Pick the labelled items with the lowest posterior; where none is labelled, the open ones."""
    labelled = dataset[dataset["label"].notna()]
    pool = labelled if len(labelled) else dataset[dataset["model_label"].notna()]
    by = "confidence" if len(labelled) else "model_confidence"
    rows: list[Any] = pool.sort_values([by, "task"]).head(HARDEST).to_dict("records")
    return tuple(_hard(row, equivalence) for row in rows)


def _hard(row: Mapping[str, Any], equivalence: Equivalence | None) -> HardItem:
    def words(answer: str) -> str:
        return answer_in_words(equivalence, answer, row["text"])

    return HardItem(
        task=row["task"],
        text=item_in_words(equivalence, row["text"]),
        label=None if row["label"] is None else words(row["label"]),
        confidence=None if pd.isna(row["confidence"]) else row["confidence"],
        model_label=None if row["model_label"] is None else words(row["model_label"]),
        model_confidence=None if pd.isna(row["model_confidence"]) else row["model_confidence"],
        votes=tuple((vote["worker"], words(vote["label"])) for vote in row["votes"]),
        reason=row["reason"],
    )
