"""The report's numbers on quality: calibration, coverage, confusion, reviewers, agreement."""

import math
from collections.abc import Callable, Sequence
from operator import eq

import numpy as np
import numpy.typing as npt
import pandas as pd

from aggregation.quality.agreement import pairwise_agreement, shared_tasks
from aggregation.quality.alpha import alpha
from aggregation.quality.calibration import reliability, risk_coverage
from aggregation.quality.intervals import wilson
from aggregation.quality.workers import quality
from aggregation.votes import Answer, frame
from labeling import metrics
from labeling.answers.types import AnswerType
from labeling.errors import NotEnoughVotes
from labeling.mathtypes import Floats
from tandem.report.data import (
    Activity,
    AgreementSummary,
    CalibrationSummary,
    Confusion,
    CurvePoint,
    ReliabilityBin,
    ReviewerQuality,
    Share,
)

Same = Callable[[str, str], bool]
"""Whether two answers say the same."""

ENOUGH_CHECKED = 10
"""Checked items below which a calibration would be noise."""
ITEMS_A_BIN = 15
MOST_BINS = 10
STRATA = 10
CURVE_POINTS = 60


def calibration(checked: pd.DataFrame) -> CalibrationSummary | None:
    """Compare the model's confidence with people, on the items that both answered.

    Args:
        checked: Rows of the dataset with `people_label` and `model_label`, and whether the two say
            the same, `agrees`.
    """
    if len(checked) < ENOUGH_CHECKED:
        return None
    confidence = checked["model_confidence"].to_numpy(dtype=np.float64)
    correct = _correct(checked)
    bins = bins_for(len(checked))
    table = reliability(confidence, correct, bins)
    return CalibrationSummary(
        checked=len(checked),
        accuracy=float(correct.mean()),
        ece=metrics.expected_calibration_error(confidence, correct),
        brier=metrics.brier(confidence, correct),
        log_loss=metrics.log_loss(confidence, correct),
        auroc=_known(metrics.auroc(confidence, correct)),
        bins=tuple(
            ReliabilityBin(int(count), *map(float, rest))
            for count, *rest in table.itertuples(index=False)
        ),
    )


def bins_for(items: int) -> int:
    """Return for how many bins so many checked items are enough."""
    return min(MOST_BINS, max(1, items // ITEMS_A_BIN))


def curve(checked: pd.DataFrame, predicted: pd.DataFrame) -> tuple[CurvePoint, ...]:
    """Follow the model's accuracy as ever more of the project is left to it.

    People check doubtful items more often than sure ones, so each checked item stands for as many
    items of the project as there are of similar confidence.

    Args:
        checked: Rows of the dataset that people and the model answered.
        predicted: All rows with a prediction.

    Returns:
        At most `CURVE_POINTS` points, by coverage.
    """
    if len(checked) < ENOUGH_CHECKED:
        return ()
    confidence = checked["model_confidence"].to_numpy(dtype=np.float64)
    weights = _weights(checked, predicted)
    table = risk_coverage(confidence, _correct(checked), weights)
    kept = np.unique(np.linspace(0, len(table) - 1, CURVE_POINTS).round().astype(int))
    return tuple(
        _point(float(threshold), float(coverage), float(risk), weights[confidence >= threshold])
        for threshold, coverage, risk in table.iloc[kept].itertuples(index=False)
    )


def confusion(checked: pd.DataFrame, labels: Sequence[str]) -> Confusion | None:
    """Count what people said against what the model said; labels that neither used are left out.

    Args:
        checked: Rows of the dataset that people and the model answered.
        labels: Every label, in order.

    Returns:
        The counts; None where nothing is checked.
    """
    if checked.empty:
        return None
    used = {*checked["people_label"], *checked["model_label"]}
    shown = tuple(dict.fromkeys([*(name for name in labels if name in used), *sorted(used)]))
    counts = pd.crosstab(checked["people_label"], checked["model_label"])
    table = counts.reindex(index=list(shown), columns=list(shown), fill_value=0)
    return Confusion(shown, tuple(tuple(int(n) for n in row) for row in table.to_numpy()))


def reviewers(
    answers: Sequence[Answer],
    skills: "pd.Series[float]",
    checked: pd.DataFrame,
    activities: Sequence[Activity],
    same: Same = eq,
) -> tuple[ReviewerQuality, ...]:
    """Rate everybody who answered or skipped.

    Args:
        answers: People's answers.
        skills: Expected share of right votes, by worker.
        checked: Rows of the dataset that people and the model answered.
        activities: What reviewers did beside answering.
        same: Whether two answers say the same.

    Returns:
        One record per reviewer, the busiest first.
    """
    model = dict(zip(checked["task"], checked["model_label"], strict=True))
    table = quality(answers, skills, model, same)
    rated: dict[str, dict[str, float]] = {
        str(worker): {str(name): float(number) for name, number in row.items()}
        for worker, row in table.iterrows()
    }
    acts = {activity.worker: activity for activity in activities}
    rows = [
        ReviewerQuality(
            worker=worker,
            votes=int(row.get("votes", 0)),
            with_others=_share(row, "agreement", "compared"),
            with_model=_share(row, "model_agreement", "with_model"),
            skill=_known(row.get("skill")),
            seconds=_known(row.get("median_lead_time")),
            skipped=acts[worker].skipped if worker in acts else 0,
            strays=acts[worker].strays if worker in acts else 0,
        )
        for worker in sorted({*rated, *acts})
        for row in (rated.get(worker, {}),)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.votes, row.worker)))


def agreement(answers: Sequence[Answer], *, is_one_choice: bool = True) -> AgreementSummary:
    """Measure how far people agree with each other.

    Args:
        answers: People's, one per person and task.
        is_one_choice: Whether all that is asked is one choice; of more, only its controls tell.

    Returns:
        The agreement, or why it cannot be measured.
    """
    votes = frame(answers)
    shared = shared_tasks(votes)
    if not is_one_choice:
        return AgreementSummary(shared, None, None, "It is measured control by control, above")
    raw = None
    try:
        raw = pairwise_agreement(votes)
        return AgreementSummary(shared, raw, alpha(AnswerType.CLASS, votes), "")
    except NotEnoughVotes as error:
        return AgreementSummary(shared, raw, None, error.what)


def _point(threshold: float, coverage: float, risk: float, weights: Floats) -> CurvePoint:
    # Uneven weights tell less than their number; Kish's effective sample size says how much less.
    size = max(1, round(float(weights.sum() ** 2 / (weights**2).sum())))
    low, high = wilson(round((1 - risk) * size), size)
    return CurvePoint(coverage, 1 - risk, min(low, 1 - risk), max(high, 1 - risk), threshold)


def _correct(checked: pd.DataFrame) -> npt.NDArray[np.bool_]:
    return checked["agrees"].to_numpy(dtype=np.bool_)


def _weights(checked: pd.DataFrame, predicted: pd.DataFrame) -> Floats:
    everything = predicted["model_confidence"].to_numpy(dtype=np.float64)
    sample = checked["model_confidence"].to_numpy(dtype=np.float64)
    edges = np.unique(np.quantile(everything, np.linspace(0, 1, STRATA + 1)[1:-1]))
    places = np.searchsorted(edges, sample, side="right")
    sizes = np.bincount(np.searchsorted(edges, everything, side="right"), minlength=len(edges) + 1)
    weights: Floats = sizes[places] / np.bincount(places, minlength=len(edges) + 1)[places]
    return weights


def _share(row: dict[str, float], name: str, total: str) -> Share | None:
    if not row.get(total):
        return None
    return Share(row[name], row[f"{name}_low"], row[f"{name}_high"], int(row[total]))


def _known(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else float(number)
