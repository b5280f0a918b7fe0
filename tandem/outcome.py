"""The outcome of a project so far: the dataset, its files, and the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from aggregation import dataset as datasets
from labeling.settings import Settings
from routing import evidence
from routing.duties import given_up
from routing.ledger.records import LedgerState
from routing.observe import Scene
from tandem.report import collect, render
from tandem.report.data import Activity, Comparison, ReportData


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of every item, put together once for export and report."""

    title: str
    settings: Settings
    state: LedgerState
    labels: tuple[str, ...]
    dataset: pd.DataFrame


def conclude(scene: Scene) -> Outcome:
    """Put together what is known of a project that was just looked at.

    Raises:
        SettingsError: There is no aggregator of the name that the settings give.
    """
    state, settings = scene.state, scene.settings
    frame = datasets.build(
        evidence.items(state),
        evidence.answers(state),
        evidence.beliefs(state),
        evidence.rulings(state, given_up(scene)),
        labels=scene.labels,
        method=settings.aggregation.method,
        seed=settings.policy.seed,
    )
    return Outcome(scene.project.title, settings, state, scene.labels, frame)


def report_of(outcome: Outcome, comparison: Sequence[Comparison] = ()) -> ReportData:
    """Work out the report's numbers."""
    return collect(
        outcome.dataset,
        title=outcome.title,
        labels=outcome.labels,
        rounds=outcome.state.rounds,
        costs=outcome.settings.costs,
        at=datetime.now(UTC),
        method=outcome.settings.aggregation.method,
        seed=outcome.settings.policy.seed,
        activities=_activities(outcome.state),
        comparison=comparison,
    )


def write_report(outcome: Outcome, file: Path, comparison: Sequence[Comparison] = ()) -> Path:
    """Write the report as one page; gives its file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(render(report_of(outcome, comparison)), "utf-8")
    return file


def _activities(state: LedgerState) -> list[Activity]:
    people = [one for one in state.annotations if one.kind == "person"]
    return [
        Activity(
            worker,
            skipped=sum(one.was_cancelled for one in people if one.worker == worker),
            strays=sum(
                one.stray and not one.was_cancelled for one in people if one.worker == worker
            ),
        )
        for worker in sorted({one.worker for one in people})
    ]
