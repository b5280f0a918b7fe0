"""All that people did for a project, with the time that counts as work, and how it went."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from routing.snapshot import task_mapping
from routing.snapshot.snapshot import Snapshot
from routing.studio.models import StudioTask
from routing.training.prepare import find_training_project
from routing.work.active_time import TimedAnswer, hours_of, timed
from routing.work.answers import work_of
from routing.work.sessions import Drift, WorkSession, drift, sessions
from tandem.people.agreement import comparable, says_the_consensus


@dataclass(frozen=True, slots=True)
class PersonWork:
    """One person's work.

    Attributes:
        answers: All that they did, by time.
        sessions: Their sessions, in order.
        drift: How pace and quality change within these; None: none was long enough.
    """

    answers: Sequence[TimedAnswer]
    sessions: Sequence[WorkSession]
    drift: Drift | None

    @property
    def hours(self) -> float:
        """Their hours of work."""
        return hours_of(self.answers)

    @property
    def longest(self) -> timedelta:
        """The longest time that they worked without a break of half an hour."""
        return max((one.ended_at - one.began_at for one in self.sessions), default=timedelta())


def timed_work(snapshot: Snapshot) -> list[TimedAnswer]:
    """Return all that people did for a project, in training too, with the time it took.

    Whoever is asked no more, and whose answers count no more, worked all the same.

    Args:
        snapshot: The main project's.
    """
    settings, state = snapshot.settings, snapshot.own_state
    blind = snapshot.blind_project.state if snapshot.blind_project else None
    copies = task_mapping.copies_of(snapshot.ledger.writes(task_mapping.COPY))
    given = task_mapping.join(state.tasks, state.annotations, blind, copies)
    work = work_of(
        replace(state, annotations=given),
        blind,
        training=_training_tasks(snapshot),
        model=snapshot.people.model,
    )
    return timed(work, settings.quality.idle_seconds, settings.costs.seconds_per_label)


def work_of_person(snapshot: Snapshot, worker: int, everybody: Sequence[TimedAnswer]) -> PersonWork:
    """Return what somebody did, and how it went within their sessions.

    Args:
        snapshot: The main project's.
        worker: The user.
        everybody: What `timed_work` gave.
    """
    own = [one for one in everybody if one.answer.worker == worker]
    worked = sessions(own)
    right = says_the_consensus(snapshot.facts, comparable(snapshot, worker))
    return PersonWork(own, worked, drift(worked, right))


def _training_tasks(snapshot: Snapshot) -> Iterable[StudioTask]:
    """Return the training project's tasks; Label Studio is asked only if anybody was trained."""
    if not any(one.state == "in training" for one in snapshot.person_events):
        return ()
    found = find_training_project(snapshot)
    return () if found is None else snapshot.studio.beside(found).tasks()
