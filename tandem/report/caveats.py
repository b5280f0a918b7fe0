"""What a reader of the report must know before believing its numbers."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from aggregation.dataset import LEFT_TO_MODEL
from tandem.report.data import ReportData

CERTAIN = 0.999
"""A confidence above which a label is claimed to be certain."""


def caveats_of(report: ReportData, dataset: pd.DataFrame, method: str) -> ReportData:
    """Add the caveats that apply to the report."""
    return replace(report, caveats=tuple(_caveats(report, dataset, method)))


def _caveats(report: ReportData, dataset: pd.DataFrame, method: str) -> Iterator[str]:
    checked = dataset["people_label"].notna() & dataset["model_label"].notna()
    audited = int((checked & dataset["decision"].isin(LEFT_TO_MODEL)).sum())
    counts = report.counts
    if not report.calibrated:
        yield (
            "The confidence is uncalibrated: no answers of people stand behind it yet. It orders "
            "items; it is not a probability."
        )
    if counts.unresolved:
        yield f"{counts.unresolved} items have no label yet. What is said here will still move."
    if counts.model and not audited:
        yield (
            "None of the items that were left to the model was checked by people, so how often "
            "those labels are right is inferred, not seen."
        )
    if audited:
        yield (
            f"The {audited} checked items that were left to the model showed its pre-label to the "
            "person who checked. People tend to go along with what they see, so the model's true "
            "accuracy may be lower than measured."
        )
    if checked.any():
        yield (
            "Most items that people checked were given to them because the model was unsure. The "
            "confusion matrix and the agreement with the model show the model at its weakest; the "
            "curve of quality against share automated is reweighted to the whole project."
        )
        yield (
            "Right means: what people said. Where people err, a right answer of the model counts "
            "as wrong, and the other way round."
        )
    if report.calibrated:
        yield (
            "Part of the answers that the confidence is compared with also taught the model its "
            "confidence, so the calibration looks a little better than it will on new items."
        )
    lone = (
        (dataset["source"] == "people")
        & (dataset["votes"].map(len) == 1)
        & (dataset["confidence"] > CERTAIN)
    )
    if lone.any():
        yield (
            f"{int(lone.sum())} labels rest on one person's answer alone, which {method} takes at "
            "its word: the confidence of those labels says nothing."
        )
    if report.spending.timed < 1 and counts.human_labels:
        yield (
            f"Only {report.spending.timed:.0%} of the answers were timed; the hours of the others "
            "are assumed from the settings."
        )
    if counts.human_labels:
        yield (
            "Intervals are at 95% (Wilson's): of twenty such intervals, one is expected to miss."
        )
