"""The outcome of a project so far: the dataset, its files, and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from aggregation.dataset import tasks as datasets
from aggregation.dataset.controls import by_control
from labeling.form.equivalence import Equivalence
from labeling.settings.settings import Settings
from routing.facts import project as facts
from routing.facts.part_beliefs import parts
from routing.ledger.records import LedgerState
from routing.planning.effort import Outlook, basis_of, outlook
from routing.planning.forecast import TARGETS, Forecast, everything
from routing.reviewers.workload import given_up
from routing.snapshot.observe import Snapshot
from tandem.report import collect, render
from tandem.report.data import Activity, MethodComparison, ReportData
from tandem.report.people import BlindAnswers, HumanReliability, measure
from tandem.report.promise import standing


@dataclass(frozen=True, slots=True)
class ProjectOutcome:
    """What is known of every item, put together once for export and report.

    Attributes:
        equivalence: The form, and how its answers are compared.
        controls: The dataset by control; None where all that is asked is one choice, so that it
            would tell nothing more.
        forecasts: What promises of the open population would take, people alone first.
        to_come: The audits that each population in audit still takes, by its number.
    """

    title: str
    settings: Settings
    state: LedgerState
    equivalence: Equivalence
    labels: tuple[str, ...]
    dataset: pd.DataFrame
    controls: pd.DataFrame | None
    forecasts: Sequence[Forecast]
    to_come: Mapping[int, Forecast]


def conclude(snapshot: Snapshot) -> ProjectOutcome:
    """Collect what is known of a project that was just observed.

    Raises:
        SettingsError: There is no aggregator of the name that the settings give.
    """
    state, settings = snapshot.state, snapshot.settings
    equivalence = Equivalence(snapshot.form, settings.controls)
    ahead = outlook(snapshot, TARGETS)
    frame = datasets.build(
        facts.items(state),
        facts.final_answers(state),
        facts.beliefs(state),
        facts.decisions(state, given_up(snapshot)),
        labels=snapshot.labels,
        equivalence=equivalence,
        method=settings.aggregation.method,
        seed=settings.policy.seed,
    )
    return ProjectOutcome(
        title=snapshot.project.title,
        settings=settings,
        state=state,
        equivalence=equivalence,
        labels=snapshot.labels,
        dataset=frame,
        controls=_controls(frame, equivalence, snapshot),
        forecasts=_forecasts(snapshot, ahead),
        to_come={number: one.promise for number, one in ahead.audits.items()},
    )


def report_of(
    outcome: ProjectOutcome,
    comparison: Sequence[MethodComparison] = (),
    gold: Mapping[int, str] | None = None,
) -> ReportData:
    """Compute the report's numbers.

    Args:
        outcome: What is known of every item.
        comparison: Ways to label measured against gold labels, where gold is known.
        gold: The true labels, by task, where they are known.

    Returns:
        The report's numbers.
    """
    policy = outcome.settings.policy
    return collect(
        outcome.dataset,
        title=outcome.title,
        labels=outcome.labels,
        rounds=outcome.state.rounds,
        costs=outcome.settings.costs,
        at=datetime.now(UTC),
        equivalence=outcome.equivalence,
        controls=outcome.controls,
        standing=standing(
            outcome.state, policy.target_error, policy.risk, outcome.forecasts, outcome.to_come
        ),
        measure=_measure(outcome, gold),
        method=outcome.settings.aggregation.method,
        seed=policy.seed,
        activities=_activities(outcome.state),
        comparison=comparison,
    )


def write_report(
    outcome: ProjectOutcome,
    file: Path,
    comparison: Sequence[MethodComparison] = (),
    gold: Mapping[int, str] | None = None,
) -> Path:
    """Write the report as one page.

    Args:
        outcome: What is known of the project.
        file: The page to write.
        comparison: Ways to label the project, measured against gold labels.
        gold: The true labels, by task, where they are known.

    Returns:
        The file.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(render(report_of(outcome, comparison, gold)), "utf-8")
    return file


def _controls(
    dataset: pd.DataFrame, equivalence: Equivalence, snapshot: Snapshot
) -> pd.DataFrame | None:
    if equivalence.form.is_one_choice:
        return None
    method, seed = snapshot.settings.aggregation.method, snapshot.settings.policy.seed
    return by_control(dataset, equivalence, parts(snapshot.state), method=method, seed=seed)


def _forecasts(snapshot: Snapshot, ahead: Outlook) -> Sequence[Forecast]:
    basis = basis_of(snapshot)
    return [everything(basis), *(one.promise for one in ahead.options)] if basis else ()


def _measure(outcome: ProjectOutcome, gold: Mapping[int, str] | None) -> HumanReliability:
    state, policy, equivalence = outcome.state, outcome.settings.policy, outcome.equivalence
    said = {task: one.label for task, one in facts.blind_consensus(state, equivalence).items()}
    blind = BlindAnswers(
        answers=[
            replace(one, label=said[one.task])
            if one.task in said and equivalence.is_same_answer(said[one.task], one.label)
            else one
            for one in facts.answers(facts.blind_only(state))
        ],
        labels=said,
        first=policy.votes,
        agreed_blind=facts.agreements(state, equivalence, blind=True),
        agreed_shown=facts.agreements(state, equivalence, blind=False),
    )
    texts = {one.task: one.text or "" for one in facts.items(state)}
    return measure(blind, texts, len(outcome.labels), seed=policy.seed, gold=gold)


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
