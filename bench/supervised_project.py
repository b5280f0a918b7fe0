"""A simulated project whose people are checked by control tasks, paused and excluded meanwhile.

It is a `SimulatedProject` with the controller's functions on people: control tasks are mixed among
what each of them answers (`routing.control_tasks`), their answers tell how good people are, and
supervision (`routing.people`) watches and pauses. The admin excludes who is paused, some passes
later, or whoever they are told of by others while the labels are audited.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.skill import SkillPosterior, control_share
from labeling.mathtypes import Indices
from labeling.settings.settings import Settings
from routing.control_tasks.mixing import Mixed, new_pairs
from routing.facts.answers import without_excluded
from routing.facts.populations import frozen_of, new_checks, overruled_in, promise_of, unchecked
from routing.facts.vote_demands import Reviewer
from routing.ledger.control_tasks import ControlTask
from routing.ledger.people import PersonEvent, states_of
from routing.ledger.records import LedgerAnnotation
from routing.ledger.rows import planned_votes
from routing.people.peers import peer_votes
from routing.people.states import as_asked, excluded, next_event, state_of
from routing.people.supervise import supervise
from tandem.replay.beliefs import Beliefs
from tandem.replay.people import ControlVote, GivenVote, SimulatedPeople, name_of
from tandem.replay.project import NOON, SimulatedProject


@dataclass(frozen=True, slots=True)
class Crowd:
    """What people would say, as labels' indices; somebody bad is bad from the freeze on, or before.

    Attributes:
        items: Of the items, before and after the freeze, shape (2, items, people).
        controls: Of control tasks, shape (2, control tasks, people).
        known: What is right of these, shape (control tasks,).
    """

    items: Indices
    controls: Indices
    known: Indices

    @property
    def people(self) -> int:
        """How many they are."""
        return self.items.shape[2]


@dataclass(frozen=True, slots=True)
class Admin:
    """Whom the admin excludes, and when; never because of what audits say.

    Attributes:
        patience: Passes from a pause to the exclusion.
        told_of: People whom others tell of.
        told_after: In which pass after the freeze they do.
    """

    patience: int = 0
    told_of: Collection[int] = ()
    told_after: int = 0


@dataclass
class PeopleAtWork:
    """People who answer as long as they are asked.

    Attributes:
        crowd: What they say.
        is_frozen: Whether the labels are.
        out: Whoever is asked nothing any more.
        said: What they said of control tasks, of whoever counts.
    """

    crowd: Crowd
    is_frozen: bool = False
    out: set[int] = field(default_factory=set)
    said: Sequence[ControlVote] = ()

    @property
    def number(self) -> int:
        """How many people there are."""
        return self.crowd.people

    def absent(self, item: int) -> Collection[int]:  # noqa: ARG002 - the protocol's
        """Return nobody: everybody may be asked about everything."""
        return ()

    def votes(self, item: int, answered: Collection[int], wanted: int) -> Sequence[GivenVote]:
        """Ask those whose turn it is and who may be asked, as `People.votes` says.

        Args:
            item: The item.
            answered: Who answered it.
            wanted: How many votes are asked for.
        """
        said = self.crowd.items[int(self.is_frozen)]
        people = SimulatedPeople(lambda task, who: int(said[task, who]), self.number)
        return people.votes(item, {*answered, *self.out}, wanted)

    def look(self, given: Sequence[LedgerAnnotation]) -> Sequence[ControlVote]:  # noqa: ARG002
        """Return what they said of control tasks, which are mixed among their work elsewhere."""
        return self.said


class SupervisedProject:
    """A campaign with control tasks, pauses and exclusions.

    Args:
        beliefs: What the model believes before it learns, and the true labels.
        crowd: What people would say.
        settings: Policy and quality.
        admin: Who excludes people.

    Attributes:
        project: The project.
        events: What became of people.
        controls: What they said of control tasks.
        anew: Checks that were asked anew.
    """

    def __init__(self, beliefs: Beliefs, crowd: Crowd, settings: Settings, admin: Admin) -> None:
        self._people = PeopleAtWork(crowd)
        self._settings, self._admin = settings, admin
        self.project = SimulatedProject(beliefs, self._people, settings)
        self.events: list[PersonEvent] = []
        self.controls: list[ControlAnswer] = []
        self.anew = 0
        self._bank = [self._control(place) for place in range(len(crowd.known))]
        self._since = Counter[int]()
        self._paused_at: dict[int, int] = {}
        self._passes = self._audited = 0

    def make_pass(self) -> None:
        """Look at people, decide, and have them answer what they are asked; controls as well."""
        self._passes += 1
        self._look_at_people()
        self.project.make_pass()
        self._people.is_frozen = bool(self.project.facts.state.populations)
        self._audited += self._people.is_frozen
        self._answer()

    @property
    def paused(self) -> frozenset[int]:
        """Whoever was ever paused."""
        return frozenset(self._paused_at)

    @property
    def excluded(self) -> frozenset[int]:
        """Whose answers count no more."""
        return excluded(states_of(self.events))

    def differing(self) -> int:
        """Ask people about every frozen label that nobody checked; return how many they reject.

        They are asked blind, as in an audit, whoever may be asked by now; a label that they cannot
        settle is rejected. Labels in which the model overrules people count as well. Nothing of
        this stays.
        """
        before = self.project.facts
        state = before.state
        population = state.populations[-1]
        left = {one.task: one.label for one in unchecked(state, population)}
        # Nothing may be wrong, so that everything is asked.
        opened = replace(population, kept_at=None, overruled=None, error=0.0)
        tasks = [task for task in frozen_of(state, population).order if task in left]
        checks = [*state.checks, *new_checks(state, population, tasks, "audit", NOON)]
        decided = {task: one for task, one in state.decisions.items() if task not in left}
        self.project.facts = before.with_state(
            replace(
                state,
                populations=[*state.populations[:-1], opened],
                checks=checks,
                decisions=decided,
            )
        )
        idle = 0
        while idle < 2:
            self.project.make_pass()
            idle = idle + 1 if not self.project.answer() else 0
        said = {one.task: one.answer for one in self.project.facts.state.checks}
        self.project.facts = before
        differ = sum(said[task] != label for task, label in left.items())
        return differ + len(overruled_in(population))

    def allowed(self) -> int:
        """Return how many labels may differ."""
        return promise_of(self.project.facts.state.populations[-1]).allowed

    def unchecked(self) -> int:
        """Count the labels that the model keeps."""
        state = self.project.facts.state
        return len(unchecked(state, state.populations[-1]))

    def _look_at_people(self) -> None:
        facts = self.project.facts
        now = self._now()
        changed = supervise(
            self.events, self.controls, (), self._settings.quality, now, peer_votes(facts)
        )
        self.events += changed
        for one in changed:
            if one.state == "paused":
                self._paused_at[one.worker] = self._passes
        self.events += [
            next_event(self.events, who, "excluded", "not up to it", now, by="admin")
            for who in sorted(self._to_exclude() - self.excluded)
        ]
        states = states_of(self.events)
        self._people.out = {
            who
            for who in range(self._people.number)
            if state_of(states, who) in ("paused", "excluded")
        }
        reviewers = tuple(Reviewer(who, 10**6) for who in range(self._people.number))
        annotations = without_excluded(facts.state.annotations, self.excluded)
        if annotations != facts.state.annotations:
            facts = facts.with_state(replace(facts.state, annotations=annotations))
            self.anew += len(facts.in_question)
        self.project.facts = replace(facts, reviewers=as_asked(reviewers, states))
        self._people.said = [
            self._vote(one) for one in self.controls if one.worker not in self.excluded
        ]

    def _vote(self, one: ControlAnswer) -> ControlVote:
        label, known = self.project.names.index(one.answer), self._people.crowd.known
        return ControlVote(one.control, name_of(one.worker), label, int(known[one.control - 1]))

    def _to_exclude(self) -> set[int]:
        told = self._admin.told_of if self._audited > self._admin.told_after else ()
        waited = self._passes - self._admin.patience
        return {*told, *(who for who, since in self._paused_at.items() if since <= waited)}

    def _answer(self) -> None:
        """Have people answer what they owe, and the control tasks that are mixed among it."""
        state = self.project.facts.state
        before = len(state.annotations)
        planned = {**state.planned_votes, **planned_votes(state.decisions.values())}
        self.project.answer()
        state = self.project.facts.state
        given = [replace(one, created_at=self._now()) for one in state.annotations[before:]]
        self.project.facts = self.project.facts.with_state(
            replace(
                state,
                annotations=[*state.annotations[:before], *given],
                planned_votes=planned,
            )
        )
        waiting = Counter(one.worker_id for one in given)
        self._since += waiting
        self._answer_controls(waiting)

    def _answer_controls(self, waiting: Mapping[int, int]) -> None:
        quality, states = self._settings.quality, states_of(self.events)
        people = []
        for who in sorted(waiting):
            is_watched = state_of(states, who) == "watched"
            share = control_share(
                self._known(who), least=quality.controls_least, most=quality.controls_most
            )
            most = quality.controls_most if is_watched else share
            people.append(Mixed(who, most, self._since[who], waiting[who], is_watched))
        asked = {(one.control, one.worker): False for one in self.controls}
        numbers = [one.number for one in self._bank]
        seed = self._settings.policy.seed
        for number, who in new_pairs(
            people, numbers, asked, (), exposures=self._people.number, seed=seed
        ):
            self._since[who] = 0
            said = self._people.crowd.controls[int(self._people.is_frozen), number - 1, who]
            label = self.project.names[said]
            is_right = label in self._bank[number - 1].accepted
            self.controls.append(ControlAnswer(who, number, label, is_right, 1.0, self._now()))

    def _known(self, who: int) -> SkillPosterior:
        own = [one.is_right for one in self.controls if one.worker == who]
        return SkillPosterior(sum(own), len(own) - sum(own))

    def _control(self, place: int) -> ControlTask:
        accepted = (self.project.names[self._people.crowd.known[place]],)
        return ControlTask(place + 1, str(place), accepted, None, "file", 1.0, {}, None, None, NOON)

    def _now(self) -> datetime:
        """Return a moment that is later than all before."""
        return NOON + timedelta(
            seconds=len(self.controls) + len(self.project.facts.state.annotations),
            microseconds=self._passes,
        )
