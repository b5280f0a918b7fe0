"""One pass of the loop: observe, supervise, learn, freeze or audit, decide, assign, reconcile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from labeling.settings.settings import Settings
from routing.annotator.ask import ask_where_worth, require_one_choice
from routing.blind_project.control_tasks import keep_bank
from routing.blind_project.copy_back import missing_copies
from routing.blind_project.copy_back import steps as copy_steps
from routing.blind_project.project import keep_in_step
from routing.clock import Clock, system_clock
from routing.decisions.decide import of_predicted, propose_decisions, to_decisions, with_decisions
from routing.facts.form_changes import accept_form, withdraw_changed
from routing.idle import Idle, idle_after, is_still
from routing.ledger import Ledger
from routing.ledger.chance_looks import record_chance_look
from routing.ledger.instructions import note_instruction
from routing.ledger.people import PersonEvent, record_person_events
from routing.ledger.records import Write
from routing.lifecycle import advance
from routing.model.available import learn_and_label_if_up
from routing.model.choose_reviews import chooser
from routing.model.client import BackendClient
from routing.model.prelabel import PrelabelReport, in_need, unreadable
from routing.people.evidence import Flag
from routing.people.peers import peer_votes
from routing.people.supervise import supervise
from routing.people.taking_back import taken_back
from routing.people.work_record import answers_given
from routing.progress import Progress, silent
from routing.reviewers.matching import matching_of
from routing.reviewers.workload import assignment_changes, with_assignment_changes
from routing.snapshot.hours import within_hours
from routing.snapshot.observe import (
    look_again,
    observe,
    with_blind_project,
    with_person_events,
)
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import notices_of, standing_of
from routing.standing.standing import Standing
from routing.studio.client import Studio
from routing.training import project as training_project
from routing.tunables import DEFAULTS, Tunables
from routing.writes.guide import guide
from routing.writes.notify import notify
from routing.writes.reconcile import apply, difference

FormDecision = Literal["accept", "refreeze"]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a pass did, or would do.

    Attributes:
        changes: The writes into Label Studio that follow from the decisions, in order.
        labelled: Predictions that were stored, or that a dry run would ask for.
        decisions: New decisions, by kind.
        owed: Votes that people still owe, and that somebody is left to give.
        unassigned: Votes among those that no reviewer has room for now.
        given_up: Votes that nobody is left to give, since all answered or skipped.
        undecided: Tasks that nothing was decided about yet.
        model_version: The version that the project shows.
        standing: Where the project stands then.
        failed: Why tasks got no prediction, by task.
        warnings: Why somebody could not be notified or let in, or the annotator not be asked, a
            line each.
        left_to_people: The controls that only people answer, each with the reason.
        person_events: What became of people by this pass.
        idle: How all stood, if nothing was done and nothing is to be tried again; else None.
    """

    changes: Sequence[Write]
    labelled: int
    decisions: dict[str, int]
    owed: int
    unassigned: int
    given_up: int
    undecided: int
    model_version: str
    standing: Standing
    failed: dict[int, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()
    left_to_people: Sequence[str] = ()
    person_events: Sequence[PersonEvent] = ()
    idle: Idle | None = None

    @property
    def backend_problem(self) -> str | None:
        """Why the model could not be asked; what needs it waits. None: it could."""
        return self.standing.backend_problem

    @property
    def remaining(self) -> int:
        """Votes and decisions that are still to come; 0: every task has its label."""
        return self.owed + self.undecided


def sync(
    studio: Studio,
    backend: BackendClient,
    ledger: Ledger,
    settings: Settings,
    progress: Progress = silent,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
    dry_run: bool = False,
    on_form_change: FormDecision | None = None,
    last: SyncReport | None = None,
) -> SyncReport:
    """Bring Label Studio, the backend and the ledger to where they should be by now.

    Every step looks at what is there before it writes, so a pass that was killed is finished by
    the next one. A backend that does not answer stops nothing but what needs the model: learning,
    pre-labels, and decisions on tasks without one.

    Args:
        studio: Label Studio.
        backend: The ML backend.
        ledger: The ledger, of this release.
        settings: The settings.
        progress: Told how far each step is.
        clock: Tells what the time is.
        tunables: How much is done at a time.
        dry_run: Work out what would be done; write nothing but the ledger's mirror. What the model
            would answer after learning is not foreseen.
        on_form_change: What is done with populations in audit whose label config changed: `accept`
            it as one that means the same, or `refreeze` them; None: they wait for a word.
        last: What the pass before did, under the same settings: where it left the project idle and
            nothing changed since, that is all there is to say, and no pass is made.

    Returns:
        What was done, or would be; the very `last` where nothing changed.

    Raises:
        TandemError: A door is closed, the form cannot be answered, or the settings do not fit.
    """
    if last and last.idle and is_still(last.idle, studio, backend, ledger, clock(), tunables):
        return last
    snapshot = observe(
        studio, ledger, settings, progress, clock=clock, tunables=tunables, dry_run=dry_run
    )
    require_one_choice(snapshot.form, settings)
    before, recorded_in = snapshot, None if dry_run else ledger
    if recorded_in:
        note_instruction(recorded_in, snapshot.project.instruction, clock())
    if on_form_change == "accept":
        snapshot = snapshot.with_facts(accept_form(snapshot.facts, recorded_in))
    elif on_form_change == "refreeze":
        snapshot = snapshot.with_facts(withdraw_changed(snapshot.facts, recorded_in, clock()))
    bank = keep_bank(snapshot, dry_run=dry_run)
    if bank.is_changed:
        own, blind_project = snapshot.own_state, snapshot.blind_project
        snapshot = with_blind_project(snapshot, own, blind_project, bank)
    flags = snapshot.flags
    changed = _person_events(snapshot, flags)
    if recorded_in:
        record_person_events(recorded_in, changed)
    snapshot = with_person_events(snapshot, changed)
    training = training_project.keep_in_step(snapshot, bank.controls, dry_run=dry_run)
    snapshot = with_person_events(snapshot, training.events)
    version = snapshot.facts.model_version
    prelabelled = PrelabelReport(
        version, len(in_need(snapshot.facts, version)), unreadable(snapshot.facts)
    )
    if not dry_run:
        snapshot, prelabelled = learn_and_label_if_up(snapshot, backend)
    unasked = None
    if not dry_run and not prelabelled.backend_problem:
        snapshot, unasked = ask_where_worth(snapshot, backend)
    notices, known = notices_of(before, prelabelled.served or None), before.state
    del before  # What was derived of so many tasks makes room for what follows now.
    facts = advance(snapshot.facts, recorded_in, clock=clock, tunables=tunables)
    snapshot = within_hours(snapshot.with_facts(facts))
    note = partial(record_chance_look, recorded_in) if recorded_in else None
    proposed = propose_decisions(snapshot.round_status, chooser(snapshot.facts, backend, note))
    if prelabelled.backend_problem:
        proposed = of_predicted(proposed, facts)
    decisions = to_decisions(facts, proposed, clock())
    snapshot = snapshot.with_state(with_decisions(facts.state, decisions))
    if not dry_run:
        ledger.decide(decisions)
    blind = keep_in_step(snapshot, replace(bank, shown=training.shown), dry_run=dry_run)
    snapshot = blind.snapshot
    matching = matching_of(snapshot.facts)
    reassigned = assignment_changes(snapshot.facts, blind.asked, clock(), matching, is_blind=False)
    snapshot = snapshot.with_state(with_assignment_changes(snapshot.state, reassigned))
    copies = missing_copies(snapshot)
    steps = difference(snapshot, copies, list(copy_steps(snapshot, copies)))
    if not dry_run:
        ledger.assign(reassigned.new, reassigned.changed)
        apply(ledger, steps)
    guiding = guide(snapshot, dry_run=dry_run)
    changes = [
        *training.changes,
        *blind.changes,
        *(write for step in steps for write in step.writes),
        *guiding,
    ]
    if not dry_run:
        ledger.settle()
        if changes:
            snapshot = look_again(snapshot)
    facts = snapshot.facts
    warnings = [*training.warnings, *([] if dry_run else notify(snapshot))]
    warnings += [unasked] if unasked else []
    events = [*changed, *training.events]
    is_done = dry_run or changes or warnings or prelabelled.labelled or events
    return SyncReport(
        changes=changes,
        labelled=prelabelled.labelled,
        decisions=dict(Counter(decision.kind for decision in proposed)),
        owed=sum(facts.votes_owed.values()),
        unassigned=sum([*reassigned.unassigned.values(), *blind.unassigned.values()]),
        given_up=sum(facts.votes_given_up.values()),
        undecided=len(facts.state.tasks) - len(facts.state.decisions),
        model_version=facts.model_version,
        standing=replace(
            standing_of(snapshot, notices=notices, flags=flags),
            backend_problem=prelabelled.backend_problem,
        ),
        failed=prelabelled.failed,
        warnings=warnings,
        left_to_people=[one.reason for one in snapshot.form.left_to_people],
        person_events=events,
        # What people answer in training no counter of the two projects shows.
        idle=None if is_done or training.waited_for else idle_after(known, snapshot, prelabelled),
    )


def _person_events(snapshot: Snapshot, flags: Sequence[Flag]) -> list[PersonEvent]:
    """Return what becomes of people now: pauses that are taken back, then all else."""
    events, answers, now = snapshot.person_events, snapshot.control_answers, snapshot.clock()
    quality, peers = snapshot.settings.quality, peer_votes(snapshot.facts)
    back = taken_back(events, answers, quality, now, peers)
    given = answers_given(snapshot.facts)
    after = supervise([*events, *back], answers, flags, quality, now, peers, given)
    return [*back, *after]
