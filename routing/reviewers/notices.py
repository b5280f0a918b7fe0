"""Notices: what is told outside of Label Studio: who gets work, who was paused, that all is done.

A notice holds names, addresses and counts. Texts, labels and keys are never in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from routing.ledger.people import PersonEvent
from routing.reviewers.places import ReviewerPlace, names_of
from routing.reviewers.users import People


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice.

    Attributes:
        key: Names it; what has the same key was told already.
        target: Whom it is about, in the ledger's words.
        content: What is told, in the form of JSON.
    """

    key: str
    target: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A task that a user is asked and has not answered.

    Attributes:
        worker: The user.
        kind: Why it is asked: the kind of the decision, such as `audit`.
        since: When it was asked.
    """

    worker: int
    kind: str
    since: datetime


def work_notices(
    project: Mapping[str, Any], places: Sequence[ReviewerPlace], work: Iterable[OpenWork]
) -> list[Notice]:
    """Return a notice for each reviewer who has work, which is another one when they get more.

    Args:
        project: What the notices call the project.
        places: What waits for whom.
        work: All open work.

    Returns:
        The notices, in the places' order.
    """
    by_worker: dict[int, list[OpenWork]] = {}
    for one in work:
        by_worker.setdefault(one.worker, []).append(one)
    return [
        Notice(
            f"{place.worker}:{max(one.since for one in by_worker[place.worker]).isoformat()}",
            place.email,
            {
                "event": "work",
                "project": dict(project),
                "name": place.name,
                "email": place.email,
                "left": place.left,
                "waiting": place.waiting,
                "waiting_blind": place.waiting_blind,
                "links": {"main": place.stream, "blind": place.blind_stream},
                "reason": _reason(by_worker[place.worker]),
            },
        )
        for place in places
        if place.worker in by_worker
    ]


def paused_notices(
    project: Mapping[str, Any], events: Iterable[PersonEvent], people: People
) -> list[Notice]:
    """Return a notice for the admin of each person whom Tandem paused, and who still is.

    Args:
        project: What the notices call the project.
        events: The latest that became of each person.
        people: The users of Label Studio.
    """
    names = names_of(people)
    return [
        Notice(
            f"paused:{one.worker}:{one.number}",
            people.names[one.worker],
            {
                "event": "paused",
                "project": dict(project),
                "name": names.get(one.worker, people.names[one.worker]),
                "email": people.names[one.worker],
                "reason": one.reason,
                "evidence": dict(one.evidence or {}),
            },
        )
        for one in events
        if one.state == "paused" and one.by is None and one.worker in people.names
    ]


def done_notice(project: Mapping[str, Any], decided_at: datetime) -> Notice:
    """Return the notice that all is done; another one, once something else was decided.

    Args:
        project: What the notice calls the project.
        decided_at: When the last decision was made.
    """
    content = {"event": "done", "project": dict(project)}
    return Notice(f"done:{decided_at.isoformat()}", "everybody", content)


def _reason(work: Sequence[OpenWork]) -> str:
    """Say how many are asked for what, such as `3 audit, 12 review`."""
    kinds = [one.kind for one in work]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in sorted(set(kinds)))
