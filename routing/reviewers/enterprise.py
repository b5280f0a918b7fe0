"""Assignees: who is asked is assigned task by task, where the edition has the assignments API.

What Label Studio was told is read from the ledger's writes, since its API lists assignees one task
a call. Only differences are told; telling one twice does no harm.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from routing.ledger.journal import Step, chunks, write
from routing.ledger.records import LedgerState, Write
from routing.snapshot.observe import Snapshot
from routing.studio.client import Studio

KIND = "task.assignees"

Users = tuple[int, ...]


def steps(snapshot: Snapshot) -> Iterator[Step]:
    """List the steps that make those who are asked the assignees of their tasks."""
    changes: dict[tuple[Users, Users], list[Write]] = defaultdict(list)
    for telling in tellings(snapshot.state, snapshot.ledger.writes(KIND)):
        present, wanted = _users(telling.before), _users(telling.after)
        joining, leaving = tuple(sorted(wanted)), tuple(sorted(present - wanted))
        changes[joining, leaving].append(telling)
    for (joining, leaving), writes in changes.items():
        for chunk in chunks(writes):
            yield Step(chunk, partial(_tell, snapshot.studio, chunk, joining, leaving))


def tellings(state: LedgerState, told: Sequence[Write]) -> list[Write]:
    """List what Label Studio has to be told: one write a task whose assignees change.

    Args:
        state: What was seen and decided.
        told: The writes of `KIND` so far, in the order of their planning. One that is pending may
            or may not have been done.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for one in state.assignments:
        wanted[one.task] |= {one.worker} if one.state == "open" else set()
    former: dict[str, list[Write]] = defaultdict(list)
    for telling in told:
        former[telling.target].append(telling)
    made = (_telling(task, former[f"task {task}"], users) for task, users in sorted(wanted.items()))
    return [telling for telling in made if telling is not None]


def _telling(task: int, former: Sequence[Write], users: set[int]) -> Write | None:
    """Give what is to be told of one task; None where it is known."""
    done = [_users(one.after) for one in former if one.applied_at is not None]
    pending = [_users(one.after) for one in former if one.applied_at is None]
    if not pending and users == (done[-1] if done else set()):
        return None
    is_repeated = bool(pending) and users == pending[-1]
    named = sorted(users)
    return write(
        f"assignees:{task}:{len(former) - is_repeated}:{','.join(map(str, named))}",
        KIND,
        f"task {task}",
        {"users": sorted(set().union(*done[-1:], *pending))},
        {"users": named},
    )


def _users(content: Mapping[str, Sequence[int]] | None) -> set[int]:
    return set(content["users"]) if content else set()


def _tell(studio: Studio, writes: Sequence[Write], joining: Users, leaving: Users) -> None:
    tasks = [int(one.target.removeprefix("task ")) for one in writes]
    if joining:
        studio.assign(tasks, joining)
    if leaving:
        for task in tasks:
            studio.unassign(task, leaving)
