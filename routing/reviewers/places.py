"""Places: where each reviewer has work, and how much, in the main project and in the blind one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.ledger.records import Assignment, LedgerAnnotation
from routing.reviewers.users import People
from routing.studio.models import StudioUser


@dataclass(frozen=True, slots=True)
class ReviewerPlace:
    """What waits for one reviewer, and where.

    Attributes:
        worker: The user.
        email: The address that they log in with.
        name: What they are called; no two reviewers are called the same.
        waiting: Tasks that wait for their answer in the main project.
        waiting_blind: Tasks that wait for it in the blind project.
        done_today: Answers that they gave since midnight, in either.
        stream: The address at which they work in the main project; None: nothing leads there.
        blind_stream: The same of the blind project.
    """

    worker: int
    email: str
    name: str
    waiting: int
    waiting_blind: int
    done_today: int
    stream: str | None
    blind_stream: str | None

    @property
    def left(self) -> int:
        """Tasks that wait for their answer, wherever."""
        return self.waiting + self.waiting_blind


EVERYBODY = ReviewerPlace(0, "", "To review", 0, 0, 0, None, None)
"""Who works where no reviewer is named: whoever comes."""


@dataclass(frozen=True, slots=True)
class ProjectWork:
    """What one project asks of people.

    Attributes:
        assignments: Who is asked what.
        answers: The annotations that stand in it.
        streams: The address at which each reviewer works in it, by user.
        owed: Tasks that wait for whoever comes, where no reviewer is named.
    """

    assignments: Sequence[Assignment] = ()
    answers: Sequence[LedgerAnnotation] = ()
    streams: Mapping[int, str] = field(default_factory=dict)
    owed: int = 0

    @property
    def waiting(self) -> Counter[int]:
        """How many tasks wait for each user's answer; what they answered since waits no more."""
        answered = {(one.task, one.worker_id) for one in self.answers}
        return Counter(
            one.worker
            for one in self.assignments
            if one.state == "open" and (one.task, one.worker) not in answered
        )


def reviewer_places(
    people: People,
    main: ProjectWork,
    blind: ProjectWork,
    answers: Sequence[LedgerAnnotation],
    now: datetime,
) -> list[ReviewerPlace]:
    """Return what waits for each reviewer, and where.

    Args:
        people: Who reviews.
        main: What the main project asks.
        blind: What the blind project asks; nothing, where there is none.
        answers: All answers of people, each once, wherever it was given.
        now: The present moment; its time zone tells when the day began.

    Returns:
        One place per reviewer, in the settings' order; where nobody is named, everybody's.
    """
    names = names_of(people)
    waiting, waiting_blind = main.waiting, blind.waiting
    today = Counter(
        one.worker_id
        for one in answers
        if one.kind == "person"
        and not one.was_cancelled
        and one.created_at.astimezone(now.tzinfo).date() == now.date()
    )
    if not people.reviewers:
        return [
            replace(
                EVERYBODY,
                waiting=main.owed,
                waiting_blind=blind.owed,
                done_today=today.total(),
                stream=main.streams.get(EVERYBODY.worker),
                blind_stream=blind.streams.get(EVERYBODY.worker),
            )
        ]
    return [
        ReviewerPlace(
            worker=one.worker,
            email=people.users[one.worker].email,
            name=names[one.worker],
            waiting=waiting[one.worker],
            waiting_blind=waiting_blind[one.worker],
            done_today=today[one.worker],
            stream=main.streams.get(one.worker),
            blind_stream=blind.streams.get(one.worker),
        )
        for one in people.reviewers
    ]


def names_of(people: People) -> dict[int, str]:
    """Return what each reviewer is called: as short as no other reviewer can be meant."""
    meant = _meant(people)
    return {
        one.worker: next(
            (
                name
                for name in _names(people.users[one.worker])
                if meant.get(name.casefold()) == one.worker
            ),
            people.users[one.worker].email,
        )
        for one in people.reviewers
    }


def reviewer_called(people: People, name: str) -> int | None:
    """Return the one reviewer who may be called so; None: none, or several.

    Args:
        people: Who reviews.
        name: A first name, a whole name, an address, or what stands before its `@`.
    """
    found = reviewers_called(people, name)
    return found[0] if len(found) == 1 else None


def reviewers_called(people: People, name: str) -> list[int]:
    """Return all reviewers who may be called so, in the settings' order.

    Args:
        people: Who reviews.
        name: A first name, a whole name, an address, or what stands before its `@`.
    """
    return [
        one.worker
        for one in people.reviewers
        if name.casefold() in (each.casefold() for each in _names(people.users[one.worker]))
    ]


def _meant(people: People) -> dict[str, int]:
    """Return whom each name means, where it means one reviewer alone."""
    called = [
        (name.casefold(), one.worker)
        for one in people.reviewers
        for name in _names(people.users[one.worker])
    ]
    times = Counter(name for name, _ in set(called))
    return {name: worker for name, worker in called if times[name] == 1}


def _names(user: StudioUser) -> list[str]:
    """List what a user may be called, the shortest first."""
    has_name = user.name != user.email
    short = user.name.split()[0] if has_name else user.email.partition("@")[0]
    return list(dict.fromkeys([short, user.name, user.email]))
