"""What a reader of the report must know before believing its numbers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from tandem.report.data import ReportData

CERTAIN = 0.999
"""A confidence above which a label is claimed to be certain."""

MOST_REASONS = 5
"""Reasons that are told of annotations that cannot be read, the most frequent first."""


def caveats_of(
    report: ReportData, dataset: pd.DataFrame, method: str, unreadable: Mapping[str, int]
) -> ReportData:
    """Add the caveats that apply to the report.

    Args:
        report: The report's numbers.
        dataset: The dataset.
        method: The aggregator.
        unreadable: How many annotations cannot be read, by the reason.

    Returns:
        The caveats, as sentences.
    """
    caveats = (
        *_of_promise(report),
        *_of_model(report, dataset),
        *_of_people(report, dataset, method),
        *_of_unreadable(unreadable),
    )
    return replace(report, caveats=caveats)


def _of_unreadable(reasons: Mapping[str, int]) -> Iterator[str]:
    if reasons:
        why = "; ".join(f"{count}: {reason}" for reason, count in [*reasons.items()][:MOST_REASONS])
        yield (
            f"{sum(reasons.values())} annotations are no answers of today's label config, and count"
            f" for nothing here ({why})."
        )


def _of_promise(report: ReportData) -> Iterator[str]:
    proofs = report.standing.proofs
    if report.counts.unresolved:
        yield (
            f"{report.counts.unresolved} items have no label yet. What is said here will still "
            "move."
        )
    if not proofs:
        return
    versions = " and ".join(dict.fromkeys(proof.model_version for proof in proofs))
    yield (
        f"The promise is about the labels that {versions} gave, as they were when they were "
        "frozen. Another version, a changed instruction or later tasks need a promise of their own."
    )
    yield (
        "The promise is about the whole population. Within one label, or one kind of text, more "
        "may be wrong. It says how many labels are wrong at most, not which."
    )
    if any(proof.audits for proof in proofs):
        yield (
            "Audits are drawn by chance, doubtful labels more often than sure ones, so the share "
            "of them that was wrong is not that of all labels. The bound takes the "
            "unequal chances into account."
        )


def _of_model(report: ReportData, dataset: pd.DataFrame) -> Iterator[str]:
    if not report.calibrated:
        yield (
            "The confidence is uncalibrated: no answers of people stand behind it yet. It orders "
            "items; it is not a probability."
        )
    checked = dataset["people_label"].notna() & dataset["model_label"].notna()
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
            "confidence, so the calibration looks a little better than it will on new items. The "
            "promise does not rest on it."
        )


def _of_people(report: ReportData, dataset: pd.DataFrame, method: str) -> Iterator[str]:
    counts = report.counts
    if (dataset["decision"] == "review").any():
        yield (
            "Pilot and audits are asked blind; reviews show the model's label, and people tend to "
            "go along with what they see. The promise takes a reviewed label as what people said."
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
            "Intervals are at 95% unless another level is named: of twenty such intervals, one is "
            "expected to miss. The promise has the level that it states."
        )
