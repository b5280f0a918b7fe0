"""Control tasks in the blind project: the bank is kept, put there, and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from labeling.answers.types import canonical_json
from routing.blind_project.importable import importable
from routing.control_tasks.answers import controls_by_task, judged
from routing.control_tasks.bank import changed_control_tasks, sources
from routing.control_tasks.decisions import words_of_experts
from routing.control_tasks.disputes import disputed
from routing.control_tasks.file import read_known_answers
from routing.control_tasks.known_answer import KnownAnswer
from routing.control_tasks.mined import mined
from routing.ledger.control_decisions import (
    ControlDecision,
    control_decisions,
    record_control_decisions,
)
from routing.ledger.control_tasks import (
    ControlTask,
    FirstAnswer,
    record_control_tasks,
    record_first_answers,
)
from routing.ledger.converters import SOURCE
from routing.ledger.journal import Step, chunks
from routing.ledger.records import LedgerState, Write
from routing.snapshot.bank import Bank
from routing.snapshot.snapshot import Snapshot


def keep_bank(snapshot: Snapshot, *, dry_run: bool = False) -> Bank:
    """Bring the control tasks to what is known by now, and record what people said of them.

    Args:
        snapshot: The main project.
        dry_run: Record nothing.

    Returns:
        The control tasks, and all first answers to them.

    Raises:
        SettingsError: The file of known answers cannot be read.
    """
    ledger, quality, bank = snapshot.ledger, snapshot.settings.quality, snapshot.bank
    known, given = bank.controls, bank.given
    if not known and not quality.has_known_answers:
        return bank
    in_doubt = _disputed(snapshot, known, given)
    decisions = control_decisions(ledger)
    words = _words_of_experts(snapshot, known, given, in_doubt, decisions)
    changed = changed_control_tasks(
        known,
        _wanted(snapshot, known),
        given,
        in_doubt,
        decisions=[*decisions, *words],
        exposures=quality.exposures,
        seed=snapshot.settings.policy.seed,
        at=snapshot.clock(),
    )
    changed = _with_data(snapshot, changed)
    if not dry_run:
        record_first_answers(ledger, bank.unrecorded)
        record_control_decisions(ledger, words)
        record_control_tasks(ledger, changed)
    return replace(bank, controls=_updated(known, changed), unrecorded=(), is_changed=bool(changed))


def _disputed(
    snapshot: Snapshot, known: Sequence[ControlTask], given: Sequence[FirstAnswer]
) -> frozenset[int]:
    """Return what is in doubt by what people said since its answer is known as it is."""
    equivalence, since = snapshot.facts.equivalence, {one.number: one.known_at for one in known}
    fresh = [one for one in given if one.at > since[one.control]]
    answers = judged(known, fresh, equivalence)
    return disputed(fresh, answers, equivalence, snapshot.settings.quality.good)


def _words_of_experts(
    snapshot: Snapshot,
    known: Sequence[ControlTask],
    given: Sequence[FirstAnswer],
    in_doubt: frozenset[int],
    decisions: Sequence[ControlDecision],
) -> list[ControlDecision]:
    """Return what experts decided by answering what is in doubt, now or since an earlier pass."""
    names = snapshot.people.names
    experts = {one.worker: names[one.worker] for one in snapshot.reviewers if one.expert}
    return words_of_experts(
        [one for one in known if one.number in in_doubt or one.retired_because == "disputed"],
        given,
        snapshot.state.annotations,
        experts,
        snapshot.facts.equivalence,
        decisions,
        snapshot.clock(),
    )


def _wanted(snapshot: Snapshot, known: Sequence[ControlTask]) -> list[KnownAnswer]:
    """Return what is known by now; what a file says of one of the project's tasks comes first."""
    quality = snapshot.settings.quality
    of_file = (
        read_known_answers(quality.known_answers, snapshot.form) if quality.known_answers else []
    )
    told = {one.task for one in known if one.origin == "file"}
    of_project = mined(snapshot.facts, snapshot.own_state.annotations, quality)
    return [*of_file, *(one for one in of_project if one.task not in told)]


def _with_data(snapshot: Snapshot, changed: Sequence[ControlTask]) -> list[ControlTask]:
    """Fill in what new control tasks show, and which of the project's tasks shows the same.

    One whose task is gone is left out, and one whose task the file tells of.
    """
    by_text: Mapping[str, int] = {}
    if any(_is_alone(one) for one in changed):
        by_text = {text: task for task, text in snapshot.state.texts.items() if text is not None}
    changed = [
        replace(one, task=by_text.get(snapshot.form.text_of(one.data))) if _is_alone(one) else one
        for one in changed
    ]
    told = {one.task for one in changed if one.origin == "file"}
    missing = {one.task for one in changed if not one.data} - told
    found = snapshot.studio.shown_data_of(sorted(one for one in missing if one is not None))
    shown: dict[int | None, Mapping[str, Any]] = {task: found[task] for task in found}
    return [
        one if one.data else replace(one, data=shown[one.task])
        for one in changed
        if one.data or one.task in shown
    ]


def _is_alone(one: ControlTask) -> bool:
    """Return whether it is not known yet whether a task of the project shows the same."""
    return one.is_in_use and one.origin == "file" and one.task is None and one.source is None


def with_sources(snapshot: Snapshot, blind_project: Snapshot, bank: Bank) -> Bank:
    """Give each control task in use the number that it is to stand for, which is recorded first.

    One that stands in the blind project already, where a lost ledger put it, keeps its number, and
    what people said of it counts again.

    Args:
        snapshot: The main project.
        blind_project: The blind project, as it was just seen.
        bank: The control tasks.

    Returns:
        The bank; no more have a number than the blind project has other tasks, the rest wait.
    """
    found = _found_again(snapshot, blind_project, bank)
    bank = replace(bank, controls=_updated(bank.controls, found))
    lacking = [one for one in bank.controls if one.is_in_use and one.source is None]
    tasks, seed = blind_project.state.tasks, snapshot.settings.policy.seed
    # What was given to one may not be imported yet.
    named = [*(one.source for one in tasks.values()), *(one.source for one in bank.controls)]
    taken = [one for one in named if one is not None]
    others = len(tasks) - len(controls_by_task(bank.controls, blind_project.state))
    placed = sum(one.is_in_use and one.source is not None for one in bank.controls)
    free = sources(max(0, min(len(lacking), others - placed)), tasks, taken, seed)
    changed = [replace(one, source=source) for one, source in zip(lacking, free, strict=False)]
    record_control_tasks(snapshot.ledger, [*found, *changed])
    return replace(bank, controls=_updated(bank.controls, changed))


def _found_again(snapshot: Snapshot, blind_project: Snapshot, bank: Bank) -> list[ControlTask]:
    """Return control tasks with the number under which the blind project holds their very item."""
    lacking = [one for one in bank.controls if one.is_in_use and one.source is None]
    known = {*snapshot.state.tasks, *(one.source for one in bank.controls)}
    unknown = {
        task: one.source
        for task, one in sorted(blind_project.state.tasks.items())
        if one.source is not None and one.source not in known
    }
    if not lacking or not unknown:
        return []
    held = blind_project.studio.shown_data_of(list(unknown))
    by_item = {_item(held[task]): source for task, source in unknown.items() if task in held}
    config = snapshot.project.label_config
    sources_ = [by_item.pop(_item(importable(config, one.data)), None) for one in lacking]
    return [
        replace(one, source=source)
        for one, source in zip(lacking, sources_, strict=True)
        if source is not None
    ]


def _item(data: Mapping[str, Any]) -> str:
    return canonical_json({name: value for name, value in data.items() if name != SOURCE})


def import_steps(snapshot: Snapshot, blind_project: Snapshot, bank: Bank) -> list[Step]:
    """List the steps that put control tasks into the blind project which are not there yet.

    Args:
        snapshot: The main project.
        blind_project: The blind project, as it was just seen.
        bank: The control tasks.

    Returns:
        The steps; doing one again finds by its sources what is there.
    """
    there = {one.source for one in blind_project.state.tasks.values()}
    missing = [
        one
        for one in bank.controls
        if one.is_in_use and one.source is not None and one.source not in there
    ]
    now, config = snapshot.clock(), snapshot.project.label_config
    return [
        Step(
            [
                Write(
                    f"control:{one.number}",
                    "task.create",
                    f"control task {one.number}",
                    None,
                    {SOURCE: one.source},
                    now,
                )
                for one in chunk
            ],
            partial(
                blind_project.studio.import_tasks,
                [importable(config, one.data) | {SOURCE: one.source} for one in chunk],
            ),
        )
        for chunk in chunks(missing, snapshot.tunables.recorded_writes)
    ]


def without_controls(state: LedgerState, bank: Bank) -> LedgerState:
    """Return a blind project's state in which nobody is asked a control task.

    Args:
        state: The blind project's.
        bank: The control tasks.
    """
    controls = controls_by_task(bank.controls, state)
    return replace(
        state, assignments=[one for one in state.assignments if one.task not in controls]
    )


def _updated(known: Sequence[ControlTask], changed: Sequence[ControlTask]) -> list[ControlTask]:
    by_number = {one.number: one for one in [*known, *changed]}
    return [by_number[number] for number in sorted(by_number)]
