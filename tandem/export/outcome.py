"""The outcome of a project so far: the dataset, its files, and the report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from aggregation.dataset import tasks as datasets
from aggregation.dataset.controls import by_control
from aggregation.dataset.tasks import answers_in
from aggregation.subjective.opinions import NO_OPINIONS, ControlOpinions, opinions_of
from labeling.atomic_files import replacing
from labeling.private_files import make_private_folder
from routing.facts.comparison import agreements
from routing.facts.project import ProjectFacts
from routing.facts.unreadable import reasons_of, unreadable_in
from routing.ledger.instructions import Instruction, instructions
from routing.ledger.label_checks import LabelCheck, label_checks
from routing.ledger.records import LedgerState
from routing.planning.basis_of_facts import forecast_bases
from routing.planning.effort import Outlook, outlook
from routing.planning.forecast import TARGETS, Forecast
from routing.planning.group_forecasts import everything
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import standing_of
from routing.standing.standing import Standing
from tandem.report import collect, render
from tandem.report.data import Activity, MethodComparison, ReportData
from tandem.report.errors import label_errors
from tandem.report.groups import NO_FIELDS, group_tables
from tandem.report.instructions import instruction_agreement
from tandem.report.label_skills import skill_table
from tandem.report.people import BlindAnswers, HumanReliability, checked_people, measure
from tandem.report.people_groups import people_groups
from tandem.report.promise import standing
from tandem.standing.annotator import annotator_lines
from tandem.standing.learning import learning_lines
from tandem.standing.next_step import next_step
from tandem.standing.people import person_lines
from tandem.standing.sentences import sentences


@dataclass(frozen=True, slots=True)
class ProjectOutcome:
    """What is known of every item, put together once for export and report.

    Attributes:
        facts: What is known of the project.
        controls: The dataset by control; None where all that is asked is one choice, so that it
            would tell nothing more.
        forecasts: What promises of the open population would take, people alone first.
        to_come: The audits that each population in audit still takes, by its number.
        standing: Where the project stands.
        checks: The suspected labels that were given to people.
        opinions: What people say of each control that asks for one choice, by its name.
        instructions: What people were told, each version from when on.
    """

    title: str
    facts: ProjectFacts
    dataset: pd.DataFrame
    controls: pd.DataFrame | None
    forecasts: Sequence[Forecast]
    to_come: Mapping[int, Forecast]
    standing: Standing
    checks: Sequence[LabelCheck] = ()
    opinions: Mapping[str, ControlOpinions] = field(default_factory=dict)
    instructions: Sequence[Instruction] = ()


def conclude(snapshot: Snapshot) -> ProjectOutcome:
    """Collect what is known of a project that was just observed.

    Raises:
        SettingsError: There is no aggregator of the name that the settings give.
    """
    facts = snapshot.facts
    ahead = outlook(facts, TARGETS)
    opinions = opinions_of(facts.consensus)
    frame = dataset_of(facts, opinions)
    return ProjectOutcome(
        title=snapshot.project.title,
        facts=facts,
        dataset=frame,
        controls=_controls(frame, facts, opinions),
        forecasts=_forecasts(facts, ahead),
        to_come={number: one.promise for number, one in ahead.audits.items()},
        standing=standing_of(snapshot),
        checks=label_checks(snapshot.ledger),
        opinions=opinions,
        instructions=instructions(snapshot.ledger),
    )


def dataset_of(
    facts: ProjectFacts, opinions: Mapping[str, ControlOpinions] = NO_OPINIONS
) -> pd.DataFrame:
    """Return the finished dataset; see `aggregation.dataset.tasks.build`.

    Args:
        facts: What is known of the project.
        opinions: What people say of each control, where the dataset is to tell.
    """
    return datasets.build(
        facts.items,
        facts.consensus,
        facts.task_decisions,
        people=facts.task_labels.people,
        final=facts.task_labels.final,
        opinions=opinions,
    )


def report_of(
    outcome: ProjectOutcome,
    comparison: Sequence[MethodComparison] = (),
    gold: Mapping[int, str] | None = None,
    fields: Mapping[str, Mapping[int, str]] = NO_FIELDS,
) -> ReportData:
    """Compute the report's numbers.

    Args:
        outcome: What is known of every item.
        comparison: Ways to label measured against gold labels, where gold is known.
        gold: The true labels, by task, where they are known.
        fields: Values of fields of the tasks' data to look at by groups, by field and task.

    Returns:
        The report's numbers.
    """
    facts, policy = outcome.facts, outcome.facts.settings.policy
    report = collect(
        outcome.dataset,
        facts.consensus,
        title=outcome.title,
        labels=facts.labels,
        rounds=facts.state.rounds,
        costs=facts.settings.costs,
        at=datetime.now(UTC),
        equivalence=facts.equivalence,
        controls=outcome.controls,
        standing=standing(
            facts.state,
            policy.target_error,
            policy.risk,
            outcome.forecasts,
            outcome.to_come,
            groups=[one for one in outcome.standing.populations if one.is_open_group],
        ),
        measure=_measure(outcome, gold),
        activities=_activities(facts.state),
        comparison=comparison,
        unreadable=reasons_of(
            unreadable_in(facts.state.annotations), facts.state.texts, facts.equivalence.form
        ),
    )
    return replace(
        report,
        sentences=sentences(outcome.standing),
        next_step=next_step(outcome.standing),
        groups=group_tables(facts, fields),
        people_groups=people_groups(facts),
        people=checked_people(outcome.standing.people),
        label_skills=skill_table(facts),
        person_lines=person_lines(outcome.standing.people),
        instructions=instruction_agreement(
            outcome.instructions, answers_in(outcome.dataset), facts.equivalence
        ),
        errors=label_errors(facts, outcome.checks, _labels(outcome.dataset)),
        learning=outcome.standing.learning,
        learning_lines=learning_lines(outcome.standing.learning),
        annotator=outcome.standing.annotator,
        annotator_lines=annotator_lines(outcome.standing.annotator),
    )


def write_report(
    outcome: ProjectOutcome,
    file: Path,
    comparison: Sequence[MethodComparison] = (),
    gold: Mapping[int, str] | None = None,
    fields: Mapping[str, Mapping[int, str]] = NO_FIELDS,
) -> Path:
    """Write the report as one page.

    Args:
        outcome: What is known of the project.
        file: The page to write.
        comparison: Ways to label the project, measured against gold labels.
        gold: The true labels, by task, where they are known.
        fields: Values of fields of the tasks' data to look at by groups, by field and task.

    Returns:
        The file.
    """
    make_private_folder(file.parent)
    with replacing(file) as draft:
        draft.write_text(render(report_of(outcome, comparison, gold, fields)), "utf-8")
    return file


def _labels(dataset: pd.DataFrame) -> dict[int, str]:
    labelled = dataset[dataset["label"].notna()]
    return dict(zip(labelled["task"], labelled["label"], strict=True))


def _controls(
    dataset: pd.DataFrame, facts: ProjectFacts, opinions: Mapping[str, ControlOpinions]
) -> pd.DataFrame | None:
    if facts.equivalence.form.is_one_choice:
        return None
    return by_control(dataset, facts.consensus, facts.equivalence, opinions)


def _forecasts(facts: ProjectFacts, ahead: Outlook) -> Sequence[Forecast]:
    bases = forecast_bases(facts)
    return [everything(bases), *(one.promise for one in ahead.options)] if bases else ()


def _measure(outcome: ProjectOutcome, gold: Mapping[int, str] | None) -> HumanReliability:
    facts = outcome.facts
    policy, equivalence, only = (
        facts.settings.policy,
        facts.equivalence,
        facts.equivalence.form.only,
    )
    labels = facts.consensus.labels
    said = {task: labels[task] for task in facts.answers.blind_votes if task in labels}
    blind = BlindAnswers(
        answers=[
            replace(one, label=said[one.task])
            if one.task in said and equivalence.is_same_answer(said[one.task], one.label)
            else one
            for one in facts.answers.blind_answers
        ],
        labels=said,
        first=policy.votes,
        agreed_blind=agreements(facts, blind=True),
        agreed_shown=agreements(facts, blind=False),
    )
    texts = {one.task: one.text or "" for one in facts.items}
    return measure(
        blind,
        texts,
        len(facts.labels),
        seed=policy.seed,
        gold=gold,
        opinions=outcome.opinions.get(only.from_name) if only else None,
    )


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
