"""Observing: one look at Label Studio, mirrored into the ledger, as every pass begins."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from labeling.form import form as forms
from labeling.form.equivalence import Equivalence
from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.control_tasks.answers import judged
from routing.control_tasks.votes import control_votes, names_of
from routing.facts.answers import without_earlier, without_excluded
from routing.facts.project import project_facts
from routing.ledger import Ledger
from routing.ledger.people import PersonEvent, person_events, states_of
from routing.ledger.records import LedgerState
from routing.ownership.guard import claim, require_no_traces, require_own
from routing.people.states import excluded
from routing.progress import Progress, silent
from routing.reviewers.users import find_people, require_reviewers, reviewers_of
from routing.snapshot import task_mapping
from routing.snapshot.bank import Bank, recorded_bank
from routing.snapshot.data_fields import require_data_fields
from routing.snapshot.look import look
from routing.snapshot.snapshot import Snapshot
from routing.studio.client import Studio
from routing.studio.models import StudioProject
from routing.tunables import DEFAULTS, Tunables


def observe(
    studio: Studio,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
    dry_run: bool = False,
) -> Snapshot:
    """Look at the project and its blind project, their people and tasks; mirror what changed.

    Args:
        studio: Label Studio.
        ledger: The ledger, of this release; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.
        tunables: How much is read at a time.
        dry_run: Write nothing into Label Studio, so do not make the model's user either.

    Returns:
        What was seen.

    Raises:
        ForeignLedger: Another ledger keeps the project.
        LabelConfigError: Tandem can answer no control of the project.
        SettingsError: The settings name a control that the project has not, a reviewer whom Label
            Studio has not, or a field to group tasks by that none of them has.
    """
    described = studio.descriptions()
    project_id = studio.project_id
    require_own(ledger, described, project_id, task_mapping.find(described, project_id))
    snapshot = look_at_project(
        studio,
        ledger,
        settings,
        progress,
        clock=clock,
        tunables=tunables,
        make_model=not dry_run,
        described=described,
    )
    require_no_traces(ledger, project_id, snapshot.state)
    return snapshot if dry_run else _claimed(snapshot)


def look_at_project(
    studio: Studio,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
    make_model: bool = False,
    described: Mapping[int, str] | None = None,
) -> Snapshot:
    """Look at the project and its blind project, whichever ledger keeps them.

    Args:
        studio: Label Studio.
        ledger: The ledger, of this release; only its mirror of Label Studio is written.
        settings: The settings.
        progress: Told how far the reading is.
        clock: Tells what the time is.
        tunables: How much is read at a time.
        make_model: Make the model's user where it is missing.
        described: The descriptions of all projects, by id; None: they are not known yet.

    Returns:
        What was seen.

    Raises:
        LabelConfigError: Tandem can answer no control of the project.
        SettingsError: The settings name a control that the project has not, or group tasks by a
            field that none has, or say by such a one what tasks need.
    """
    descriptions = studio.descriptions() if described is None else described
    found = task_mapping.find(descriptions, studio.project_id)
    projects = studio.projects_of([studio.project_id, *([found] if found else [])])
    project = projects[studio.project_id]
    equivalence = Equivalence(
        forms.parse(project.label_config, settings.old_names), settings.controls
    )
    equivalence.require_fitting_settings()
    events = person_events(ledger)
    found_people = find_people(studio, settings, make_model=make_model)
    people = found_people.as_asked(states_of(events))
    state = ledger.state()
    require_reviewers(people, has_begun=bool(state.decisions))
    snapshot = Snapshot(
        studio=studio,
        ledger=ledger,
        progress=progress,
        clock=clock,
        tunables=tunables,
        project=project,
        people=people,
        facts=project_facts(state, equivalence, settings, people.reviewers),
        standing=state.annotations,
        backends=studio.backends(),
        can_assign=studio.version().edition == "enterprise",
        person_events=events,
    )
    blind_project = look_at_blind_project(snapshot, projects[found]) if found else None
    seen = with_blind_project(snapshot, look(snapshot), blind_project, recorded_bank(ledger))
    require_data_fields(seen)
    return seen


def look_at_blind_project(snapshot: Snapshot, project: StudioProject) -> Snapshot:
    """Look at the blind project of a snapshot's project, with the same people and settings.

    Args:
        snapshot: The main project's.
        project: The blind project, as it was just read.

    Returns:
        The blind project's own snapshot.
    """
    ledger = snapshot.ledger.beside(project.id)
    state = ledger.state()
    facts = project_facts(state, snapshot.facts.equivalence, snapshot.settings, snapshot.reviewers)
    blind_project = replace(
        snapshot,
        studio=snapshot.studio.beside(project.id),
        ledger=ledger,
        project=project,
        facts=facts,
        standing=state.annotations,
        blind_project=None,
        is_blind=True,
    )
    return _alone(blind_project, look(blind_project))


def with_blind_project(
    snapshot: Snapshot, state: LedgerState, blind_project: Snapshot | None, bank: Bank
) -> Snapshot:
    """Return the snapshot with what is known now, and the answers of the blind project.

    Args:
        snapshot: The main project's.
        state: What is known of the main project alone.
        blind_project: The blind project's; None: there is none.
        bank: The control tasks, and what people said of them as far as it is recorded.

    Returns:
        The snapshot; where nothing changed, with the very same facts.
    """
    answers = task_mapping.join(
        state.tasks,
        state.annotations,
        blind_project.state if blind_project else None,
        task_mapping.copies_of(snapshot.ledger.writes(task_mapping.COPY)),
    )
    if snapshot.settings.policy.earlier_answers == "ignore":
        answers = without_earlier(answers)
    answers = without_excluded(answers, excluded(snapshot.person_states))
    seen = snapshot.with_state(replace(state, annotations=answers))
    bank = bank.seen_in(blind_project.state if blind_project else None)
    checked = judged(bank.controls, bank.given, seen.facts.equivalence)
    votes = control_votes(checked, bank.controls, names_of(answers))
    return replace(
        seen.with_facts(seen.facts.with_control_votes(votes)),
        standing=state.annotations,
        blind_project=blind_project,
        bank=bank,
        control_answers=checked,
    )


def with_person_events(snapshot: Snapshot, new: Sequence[PersonEvent]) -> Snapshot:
    """Return the snapshot once more has become of people.

    Args:
        snapshot: The main project's.
        new: What became of them, nobody excluded among it: whose answers count stays as it is.
    """
    if not new:
        return snapshot
    events = [*snapshot.person_events, *new]
    # Who is let in has the room back that their state took from them.
    named = reviewers_of(snapshot.people.users.values(), snapshot.settings)
    people = replace(snapshot.people, reviewers=named).as_asked(states_of(events))
    return snapshot.with_people(people, events)


def look_again(
    snapshot: Snapshot,
    calibrators: Mapping[str, str] | None = None,
    *,
    predicted: Sequence[int] = (),
) -> Snapshot:
    """Mirror what changed since the last look, in the project and in its blind project.

    Args:
        snapshot: The last look.
        calibrators: What stands behind predictions that were just stored, by model version.
        predicted: Tasks whose predictions were just stored, which nothing else would show.

    Returns:
        What is seen now.
    """
    blind_project = snapshot.blind_project
    ids = [one.project.id for one in (snapshot, blind_project) if one is not None]
    projects = snapshot.studio.projects_of(ids)
    if blind_project is not None:
        blind_project = replace(blind_project, project=projects[blind_project.project.id])
        blind_project = _alone(blind_project, look(blind_project))
    snapshot = replace(snapshot, project=projects[snapshot.project.id])
    state = look(snapshot, calibrators=calibrators, predicted=predicted)
    if snapshot.is_blind:
        return _alone(snapshot, state)
    return with_blind_project(snapshot, state, blind_project, recorded_bank(snapshot.ledger))


def _alone(project: Snapshot, state: LedgerState) -> Snapshot:
    """Return a blind project's snapshot with what is known of it now."""
    return replace(project.with_state(state), standing=state.annotations)


def _claimed(snapshot: Snapshot) -> Snapshot:
    """Mark both projects as kept by this ledger; return the snapshot as it is then."""
    blind = snapshot.blind_project
    projects = [snapshot.project, *([blind.project] if blind else [])]
    told = claim(snapshot.studio, snapshot.ledger, projects, snapshot.clock)
    if blind is not None:
        described = replace(blind.project, description=told[blind.project.id])
        blind = replace(blind, project=described)
    described = replace(snapshot.project, description=told[snapshot.project.id])
    return replace(snapshot, project=described, blind_project=blind)
