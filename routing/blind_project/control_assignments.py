"""Control assignments: which control task is given to whom, and how those end that were."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from aggregation.quality.skill import SkillPosterior, control_share
from routing.control_tasks.answers import controls_by_task, judged
from routing.control_tasks.mixing import Mixed, new_pairs
from routing.ledger.people import PersonState, person_events, states_of
from routing.ledger.records import Assignment
from routing.reviewers.workload import AssignmentChanges
from routing.snapshot.bank import Bank
from routing.snapshot.snapshot import Snapshot

ASKED: tuple[PersonState, ...] = ("active", "watched")
"""The states in which people are given control tasks among their work."""

_EVER = datetime.min.replace(tzinfo=UTC)


def control_changes(snapshot: Snapshot, blind_project: Snapshot, bank: Bank) -> AssignmentChanges:
    """Plan who is given which control task from now on.

    Where no reviewer is named, nobody is: a tab that all share is nobody's.

    Args:
        snapshot: The main project.
        blind_project: The blind project, once it is planned who is asked what else in it.
        bank: The control tasks.

    Returns:
        The changes; none of them is made yet.
    """
    mixing = _Mixing(snapshot, blind_project, bank)
    ended = mixing.ended()
    return AssignmentChanges(mixing.new(), ended, {})


class _Mixing:
    """What is known when control tasks are given to people."""

    def __init__(self, snapshot: Snapshot, blind_project: Snapshot, bank: Bank) -> None:
        self._snapshot, self._blind, self._bank = snapshot, blind_project, bank
        self._now = snapshot.clock()
        self._number = controls_by_task(bank.controls, blind_project.state)
        self._task = {number: task for task, number in self._number.items()}
        self._by_number = {one.number: one for one in bank.controls}
        self._asked = [one for one in blind_project.state.assignments if one.task in self._number]
        self._states = states_of(person_events(snapshot.ledger))
        self._people = [
            one.worker
            for one in snapshot.reviewers
            if not one.expert and self._state_of(one.worker) in ASKED
        ]

    def ended(self) -> list[Assignment]:
        """Return the open pairs that end, and how."""
        said = {(one.control, one.worker): one for one in self._bank.given}
        ended = []
        for one in self._asked:
            number = self._number[one.task]
            first, end = said.get((number, one.worker)), one.state
            if first is not None:
                end = "skipped" if first.was_skipped else "done"
            elif (
                self._snapshot.is_finished
                or one.worker not in self._people
                or not self._by_number[number].counts
            ):
                end = "withdrawn"
            if one.state == "open" and end != "open":
                ended.append(replace(one, state=end, ended_at=self._now))
        return ended

    def new(self) -> list[Assignment]:
        """Return the pairs that are asked from now on."""
        if self._snapshot.is_finished:
            return []
        quality, seed = self._snapshot.settings.quality, self._snapshot.settings.policy.seed
        asked = {(one.control, one.worker): False for one in self._bank.given}
        asked |= {(self._number[one.task], one.worker): False for one in self._asked}
        ended = {(one.task, one.worker) for one in self.ended()}
        asked |= {
            (self._number[one.task], one.worker): True
            for one in self._asked
            if one.state == "open" and (one.task, one.worker) not in ended
        }
        pairs = new_pairs(
            self._mixed(),
            [n for n in sorted(self._task) if self._by_number[n].is_in_use],
            asked,
            self._barred(),
            exposures=quality.exposures,
            seed=seed,
        )
        return [
            Assignment(self._task[number], worker, "open", self._now) for number, worker in pairs
        ]

    def _mixed(self) -> list[Mixed]:
        """Return what each person works on."""
        quality = self._snapshot.settings.quality
        last: dict[int, datetime] = defaultdict(lambda: _EVER)
        for one in self._asked:
            last[one.worker] = max(last[one.worker], one.assigned_at)
        real = [one for one in self._blind.state.assignments if one.task not in self._number]
        since = Counter(
            one.worker
            for one in real
            if one.state != "withdrawn" and one.assigned_at > last[one.worker]
        )
        since.update(
            one.worker
            for one in self._snapshot.state.assignments
            if one.state == "done" and one.ended_at and one.ended_at > last[one.worker]
        )
        waiting = Counter(one.worker for one in real if one.state == "open")
        known = self._posteriors()
        return [
            Mixed(
                worker,
                quality.controls_most
                if self._state_of(worker) == "watched"
                else control_share(
                    known[worker], least=quality.controls_least, most=quality.controls_most
                ),
                since[worker],
                waiting[worker],
                is_watched=self._state_of(worker) == "watched",
            )
            for worker in self._people
        ]

    def _posteriors(self) -> Mapping[int, SkillPosterior]:
        equivalence = self._snapshot.facts.equivalence
        answers = judged(self._bank.controls, self._bank.given, equivalence)
        right = Counter(one.worker for one in answers if one.is_right)
        wrong = Counter(one.worker for one in answers if not one.is_right)
        return {one: SkillPosterior(right[one], wrong[one]) for one in self._people}

    def _barred(self) -> set[tuple[int, int]]:
        """Return the pairs of control tasks and people who met their item elsewhere.

        They answer its task, or were asked it, or the training showed it to them.
        """
        number = {one.task: one.number for one in self._bank.controls if one.task is not None}
        asked = self._snapshot.facts.answers.asked
        barred = {(number[task], worker) for task in number for worker in asked.get(task, ())}
        barred |= self._bank.shown
        barred |= {
            (number[one.task], one.worker)
            for one in self._snapshot.state.assignments
            if one.task in number
        }
        sources_ = self._blind.state.tasks
        return barred | {
            (number[source], one.worker)
            for one in self._blind.state.assignments
            if (source := sources_[one.task].source) in number and source is not None
        }

    def _state_of(self, worker: int) -> PersonState:
        event = self._states.get(worker)
        return "active" if event is None else event.state
