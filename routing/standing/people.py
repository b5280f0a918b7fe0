"""How each person stands: what became of them, and what is known of their work."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from routing.ledger.records import LedgerAnnotation
from routing.people.evidence import Flag, skill_evidence
from routing.people.supervise import tested_since
from routing.reviewers.places import names_of
from routing.snapshot.snapshot import Snapshot
from routing.standing.standing import PersonStanding


def people_standing(
    snapshot: Snapshot, flags: Sequence[Flag] | None = None
) -> list[PersonStanding]:
    """Return how each person stands, in the settings' order, then by user.

    Args:
        snapshot: The main project.
        flags: What rules say of people's work, by which a pass acted; None: they are asked now.

    Returns:
        One entry a reviewer, and one for everybody else of whom something became.
    """
    people, states = snapshot.people, snapshot.person_states
    names = names_of(people)
    waiting, answers = _waiting(snapshot), _answers(snapshot)
    flags = snapshot.flags if flags is None else flags
    return [
        _with_work(
            snapshot,
            PersonStanding(
                worker=worker,
                name=names.get(worker, people.names.get(worker, f"User {worker}")),
                email=people.names.get(worker, ""),
                waiting=waiting[worker],
            ),
            answers.get(worker, ()),
            [one for one in flags if one.worker == worker],
        )
        for worker in [*names, *sorted(states.keys() - names.keys())]
    ]


def _with_work(
    snapshot: Snapshot,
    one: PersonStanding,
    answers: Sequence[LedgerAnnotation],
    flags: Sequence[Flag],
) -> PersonStanding:
    """Return how a person stands with what is known of their state and their work."""
    event, good = snapshot.person_states.get(one.worker), snapshot.settings.quality.good
    since = tested_since(snapshot.person_events, one.worker)
    skill = skill_evidence(snapshot.control_answers, one.worker, good, since)
    interval = skill.known.interval() if skill.controls else None
    times = [answer.lead_time for answer in answers if answer.lead_time is not None]
    return replace(
        one,
        state=event.state if event else "active",
        reason=event.reason if event else "",
        by=event.by if event else None,
        since=event.at if event else None,
        answers=len(answers),
        controls=skill.controls,
        right=round(skill.known.right),
        skill=skill.known.mean if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        seconds=median(times) if times else None,
        flags=[flag.line for flag in sorted(flags, key=lambda flag: flag.p_value)],
    )


def _answers(snapshot: Snapshot) -> dict[int, list[LedgerAnnotation]]:
    """Return what each person answered, each answer once, wherever it was given."""
    given: dict[int, list[LedgerAnnotation]] = {}
    for one in snapshot.state.annotations:
        if one.kind == "person" and not one.was_cancelled:
            given.setdefault(one.worker_id, []).append(one)
    return given


def _waiting(snapshot: Snapshot) -> Counter[int]:
    """Count the tasks that wait for each person, in the main project and in the blind one."""
    waiting: Counter[int] = Counter()
    for project in filter(None, [snapshot, snapshot.blind_project]):
        given = {(one.task, one.worker_id) for one in project.state.annotations}
        waiting.update(
            one.worker
            for one in project.state.assignments
            if one.state == "open" and (one.task, one.worker) not in given
        )
    return waiting
