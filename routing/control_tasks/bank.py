"""The bank: which control tasks there are, which are retired, and why. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from routing.control_tasks.decisions import accepted_too, by_control
from routing.control_tasks.known_answer import KnownAnswer
from routing.guarantee.hash_random import hash_uniform
from routing.ledger.control_decisions import ControlDecision
from routing.ledger.control_tasks import ControlTask, FirstAnswer, Retirement

MINED = 200
"""Tasks of the project itself that are in use as control tasks at a time at most."""


def changed_control_tasks(
    present: Sequence[ControlTask],
    wanted: Sequence[KnownAnswer],
    given: Sequence[FirstAnswer],
    disputed: Collection[int],
    *,
    decisions: Sequence[ControlDecision] = (),
    exposures: int,
    seed: int,
    at: datetime,
) -> list[ControlTask]:
    """Return the control tasks that are new, and those that are other than before.

    A dispute is ended by a decision, and by a known answer that changed, or its explanation, or by
    somebody who now vouches for what had been known by agreement alone: all are somebody's word.

    Args:
        present: The control tasks so far.
        wanted: What is known by now; of the project's own tasks no more than `MINED` are used.
        given: What people first said of control tasks.
        disputed: The numbers of those whose known answer is in doubt by what people said.
        decisions: What was decided of control tasks.
        exposures: People after whom one is retired.
        seed: Decides which of the project's own tasks are used.
        at: The moment.

    Returns:
        The control tasks as they are from now on; new ones have no source, and data only where
        their known answer has.
    """
    known = {one.digest: one for one in wanted}
    shown = Counter(one.control for one in given)
    decided = by_control(decisions)
    after = [
        _renewed(
            one,
            known.get(one.digest),
            decided.get(one.number, ()),
            is_worn=shown[one.number] >= exposures,
            is_disputed=one.number in disputed,
            at=at,
        )
        for one in present
    ]
    changed = [new for old, new in zip(present, after, strict=True) if new != old]
    return changed + _new(after, wanted, seed, at)


def _renewed(
    one: ControlTask,
    known: KnownAnswer | None,
    decisions: Sequence[ControlDecision],
    *,
    is_worn: bool,
    is_disputed: bool,
    at: datetime,
) -> ControlTask:
    """Return a control task as it is by now."""
    if decisions and decisions[-1].verdict == "retire":
        return _retired(one, "decided", at)
    # By a clock that runs behind, a decision would else be a new one in every pass.
    at_least = max([at, *(decision.at for decision in decisions)])
    is_ruled = any(decision.at > one.known_at for decision in decisions)
    was_disputed = one.retired_because == "disputed"
    if known is None:
        return one if was_disputed and not is_ruled else _retired(one, "withdrawn", at)
    accepted = list(dict.fromkeys([*known.accepted, *accepted_too(decisions)]))
    is_vouched_for = one.origin == "agreement" != known.origin
    is_changed = (set(accepted), known.explanation) != (set(one.accepted), one.explanation)
    is_decided = is_ruled or is_changed or is_vouched_for
    one = replace(
        one,
        accepted=accepted,
        explanation=known.explanation,
        origin=known.origin,
        probability=known.probability,
        known_at=at_least if is_decided else one.known_at,
    )
    if not is_decided and (was_disputed or is_disputed):
        return _retired(one, "disputed", at)
    if is_worn:
        return _retired(one, "exposures", at)
    return replace(one, retired_at=None, retired_because=None)


def _retired(one: ControlTask, because: Retirement, at: datetime) -> ControlTask:
    if one.retired_because == because:
        return one
    return replace(one, retired_at=at, retired_because=because)


def _new(
    present: Sequence[ControlTask], wanted: Sequence[KnownAnswer], seed: int, at: datetime
) -> list[ControlTask]:
    digests = {one.digest for one in present}
    new = [one for one in wanted if one.digest not in digests]
    room = MINED - sum(one.is_in_use and one.origin != "file" for one in present)
    of_project = sorted(
        (one for one in new if one.origin != "file"),
        key=lambda one: hash_uniform(seed, "control task", one.task or 0),
    )
    number = max((one.number for one in present), default=0)
    chosen = [one for one in new if one.origin == "file"] + of_project[: max(0, room)]
    return [
        ControlTask(
            number=number + place,
            digest=one.digest,
            accepted=list(one.accepted),
            explanation=one.explanation,
            origin=one.origin,
            probability=one.probability,
            data=one.data or {},
            task=one.task,
            source=None,
            known_at=at,
        )
        for place, one in enumerate(chosen, start=1)
    ]


def sources(count: int, tasks: Collection[int], taken: Collection[int], seed: int) -> list[int]:
    """Choose numbers that no task of the main project bears, now or ever.

    Label Studio numbers the tasks of all projects one after the other and uses no number twice, so
    what the blind project's own tasks are numbered by is such.

    Args:
        count: How many are wanted.
        tasks: The blind project's tasks.
        taken: What is such a number already.
        seed: Decides which are taken.

    Returns:
        So many numbers, or as many as are free.
    """
    free = set(tasks) - set(taken)
    return sorted(free, key=lambda one: hash_uniform(seed, "source of a control task", one))[:count]
