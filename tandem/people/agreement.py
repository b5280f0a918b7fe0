"""Where a person's answers may be held against the consensus, and what comes of it.

Only items that two others answered at least, so that no single person's answer can be read off;
none of a promise that is still being checked, since whoever knows the consensus may follow it; and
none that stands for a control task which people may still be asked.
"""

from collections.abc import Mapping

from aggregation.votes import Answer
from labeling.errors import TaskError
from routing.facts.populations import in_audit
from routing.facts.project import ProjectFacts
from routing.ledger.control_tasks import ControlTask
from routing.snapshot.snapshot import Snapshot
from tandem.report.collector import same_by

OTHERS = 2
"""Others who must have answered an item, too, before its consensus is shown."""


def comparable(snapshot: Snapshot, worker: int) -> Mapping[int, Answer]:
    """Return a person's answers that may be held against the consensus, by task.

    Args:
        snapshot: The main project's.
        worker: The user.
    """
    facts, kept_back = snapshot.facts, kept_back_tasks(snapshot)
    names = {one.worker for one in facts.state.annotations if one.worker_id == worker}
    found = {}
    for task, given in facts.consensus.people.items():
        own = [one for one in given if one.worker in names]
        if own and task in facts.settled and task not in kept_back and len(given) > OTHERS:
            found[task] = own[-1]
    return found


def says_the_consensus(facts: ProjectFacts, own: Mapping[int, Answer]) -> dict[int, bool]:
    """Return whether a person's answers say what the consensus does, by task.

    Args:
        facts: What is known of the project.
        own: Their answers to settled items, by task.
    """
    same = same_by(facts.equivalence)
    return {task: same(answer.label, facts.settled[task].label) for task, answer in own.items()}


def kept_back_tasks(snapshot: Snapshot) -> frozenset[int]:
    """Return the tasks of which nobody is to be told yet what is right.

    Args:
        snapshot: The main project's.
    """
    open_promises = {one.number for one in in_audit(snapshot.state)}
    members = snapshot.state.members.values()
    audited = {one.task for one in members if one.population in open_promises}
    controls = [one for one in snapshot.bank.controls if may_be_asked(one)]
    shown = {item_of_control(snapshot, one) for one in controls}
    same = (task for task, text in snapshot.state.texts.items() if text and text in shown)
    return frozenset({*audited, *(one.task for one in controls if one.task is not None), *same})


def may_be_asked(one: ControlTask) -> bool:
    """Return whether people are asked a control task, or may be again once its answer is clear."""
    return one.is_in_use or one.retired_because == "disputed"


def item_of_control(snapshot: Snapshot, one: ControlTask) -> str | None:
    """Return what a control task asks about; None: today's form cannot tell.

    Args:
        snapshot: The main project's.
        one: The control task.
    """
    try:
        return snapshot.form.text_of(one.data)
    except TaskError:
        return None
