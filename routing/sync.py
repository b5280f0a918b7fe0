"""One pass of the loop: observe, teach, pre-label, freeze or audit, rule, assign, reconcile."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from labeling.settings.settings import Settings
from routing.blind_project.project import keep_in_step
from routing.clock import Clock, system_clock
from routing.decisions.decide import decisions_of, proposed_decisions, version_of, with_decisions
from routing.facts.populations import stage_of
from routing.ledger import Ledger
from routing.ledger.records import Write
from routing.lifecycle import advance
from routing.model.client import BackendClient
from routing.model.prelabel import PrelabelReport, in_need, learn_and_label
from routing.progress import Progress, silent
from routing.reviewers.workload import assignment_changes, given_up, owed, with_assignment_changes
from routing.snapshot.observe import look_again, observe
from routing.studio.client import Studio
from routing.writes.reconcile import apply, difference


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
        stage: Where the promise stands, in a line.
        failed: Why tasks got no prediction, by task.
    """

    changes: Sequence[Write]
    labelled: int
    decisions: dict[str, int]
    owed: int
    unassigned: int
    given_up: int
    undecided: int
    model_version: str
    stage: str
    failed: dict[int, str] = field(default_factory=dict)

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
    dry_run: bool = False,
) -> SyncReport:
    """Bring Label Studio, the backend and the ledger to where they should be by now.

    Every step looks at what is there before it writes, so a pass that was killed is finished by
    the next one.

    Args:
        studio: Label Studio.
        backend: The ML backend.
        ledger: The ledger.
        settings: The settings.
        progress: Told how far each step is.
        clock: Tells what the time is.
        dry_run: Tell what would be done; write nothing but the ledger's mirror. What the model
            would answer after learning is not foreseen.

    Raises:
        TandemError: A door is closed, the form cannot be answered, or the settings do not fit.
    """
    snapshot = observe(studio, backend, ledger, settings, progress, clock=clock, dry_run=dry_run)
    prelabelled = PrelabelReport(version_of(snapshot), len(in_need(snapshot, version_of(snapshot))))
    if not dry_run:
        snapshot, prelabelled = learn_and_label(snapshot)
    snapshot = advance(snapshot, dry_run=dry_run)
    proposed = proposed_decisions(snapshot)
    decisions = decisions_of(snapshot, proposed)
    snapshot = with_decisions(snapshot, decisions)
    if not dry_run:
        ledger.decide(decisions)
    kept = keep_in_step(snapshot, dry_run=dry_run)
    snapshot = kept.snapshot
    changed_assignments = assignment_changes(
        snapshot, snapshot.blind_project.state.assignments if snapshot.blind_project else ()
    )
    snapshot = with_assignment_changes(snapshot, changed_assignments)
    steps = difference(snapshot)
    if not dry_run:
        ledger.assign(changed_assignments.new, changed_assignments.changed)
        apply(snapshot, steps)
        ledger.settle()
        snapshot = look_again(snapshot)
    return SyncReport(
        changes=[*kept.changes, *(write for step in steps for write in step.writes)],
        labelled=prelabelled.labelled,
        decisions=dict(Counter(decision.kind for decision in proposed)),
        owed=sum(owed(snapshot).values()),
        unassigned=sum([*changed_assignments.unassigned.values(), *kept.unassigned.values()]),
        given_up=sum(given_up(snapshot).values()),
        undecided=len(snapshot.state.tasks) - len(snapshot.state.decisions),
        model_version=version_of(snapshot),
        stage=stage_of(snapshot.state),
        failed=prelabelled.failed,
    )
