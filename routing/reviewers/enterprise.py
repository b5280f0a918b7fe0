"""Assignees: who is asked is assigned task by task, where the edition has the assignments API.

What Label Studio was told is read from the ledger's writes, since its API lists assignees one task
a call. Only differences are told; telling one twice does no harm.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from routing.ledger.journal import Step, chunks
from routing.ledger.records import Assignment, Write
from routing.studio.client import Studio

KIND = "task.assignees"

Users = tuple[int, ...]


def steps(studio: Studio, notices: Sequence[Write], size: int) -> Iterator[Step]:
    """Return the steps that make those who are asked the assignees of their tasks.

    Args:
        studio: Label Studio.
        notices: What it has to be told, as `assignee_notices` returns it.
        size: Writes that are recorded together.

    Yields:
        Steps, each of tasks whose assignees change in the same way.
    """
    changes: dict[tuple[Users, Users], list[Write]] = defaultdict(list)
    for notice in notices:
        present, wanted = _users(notice.before), _users(notice.after)
        joining, leaving = tuple(sorted(wanted)), tuple(sorted(present - wanted))
        changes[joining, leaving].append(notice)
    for (joining, leaving), writes in changes.items():
        for chunk in chunks(writes, size):
            yield Step(chunk, partial(_tell, studio, chunk, joining, leaving))


def assignee_notices(
    assignments: Sequence[Assignment], told: Sequence[Write], at: datetime
) -> list[Write]:
    """Return what Label Studio has to be told: one write per task whose assignees change.

    Args:
        assignments: Who is asked what.
        told: The writes of `KIND` so far, in the order of their planning. One that is pending may
            or may not have been done.
        at: The moment of planning.
    """
    wanted: dict[int, set[int]] = defaultdict(set)
    for one in assignments:
        wanted[one.task] |= {one.worker} if one.state == "open" else set()
    former: dict[str, list[Write]] = defaultdict(list)
    for notice in told:
        former[notice.target].append(notice)
    made = (
        _notice(task, former[f"task {task}"], users, at) for task, users in sorted(wanted.items())
    )
    return [notice for notice in made if notice is not None]


def _notice(task: int, former: Sequence[Write], users: set[int], at: datetime) -> Write | None:
    """Return how the assignment of one task changes; None where it does not."""
    done = [_users(one.after) for one in former if one.applied_at is not None]
    pending = [_users(one.after) for one in former if one.applied_at is None]
    if not pending and users == (done[-1] if done else set()):
        return None
    is_repeated = bool(pending) and users == pending[-1]
    named = sorted(users)
    return Write(
        f"assignees:{task}:{len(former) - is_repeated}:{','.join(map(str, named))}",
        KIND,
        f"task {task}",
        {"users": sorted(set().union(*done[-1:], *pending))},
        {"users": named},
        at,
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
