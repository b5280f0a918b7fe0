"""The snapshot of a project: what was seen of it, what follows, and the doors to write through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from aggregation.quality.control_answers import ControlAnswer
from labeling.form.form import Form
from labeling.settings.settings import Settings
from routing.clock import Clock
from routing.control_tasks.answers import answers_by_control
from routing.decisions.round_status import RoundStatus, round_status_of
from routing.facts.project import ProjectFacts
from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.ledger import Ledger
from routing.ledger.people import PersonEvent, states_of
from routing.ledger.records import LedgerAnnotation, LedgerState
from routing.people.evidence import Flag
from routing.people.work_record import flags_of
from routing.progress import Progress
from routing.reviewers.users import People
from routing.reviewers.workload import demands_here
from routing.snapshot.bank import Bank
from routing.studio.client import Studio
from routing.studio.models import StudioBackend, StudioProject
from routing.tunables import Tunables


@dataclass(frozen=True)
class Snapshot:
    """What a pass works with, at its top; what it calls takes the facts that it needs.

    Attributes:
        facts: All that is known, with the answers that were given blind in the blind project.
        standing: The annotations that stand in this very project, copies of blind answers too.
        backends: The ML backends that the main project is connected to.
        can_assign: Whether this edition of Label Studio has the assignments API.
        blind_project: The blind project, where tasks are asked blind; None: not made yet.
        is_blind: This is the blind project.
        person_events: All that became of people, in the order in which it did.
        bank: The main project's control tasks, and what people first said of them.
        control_answers: The answers among these that count, held against what is known.
    """

    studio: Studio
    ledger: Ledger
    progress: Progress
    clock: Clock
    tunables: Tunables
    project: StudioProject
    people: People
    facts: ProjectFacts
    standing: Sequence[LedgerAnnotation]
    backends: Sequence[StudioBackend] = ()
    can_assign: bool = False
    blind_project: "Snapshot | None" = None
    is_blind: bool = False
    person_events: Sequence[PersonEvent] = ()
    bank: Bank = field(default=Bank(), repr=False)
    control_answers: Sequence[ControlAnswer] = ()

    @property
    def state(self) -> LedgerState:
        """What the ledger knows, with the answers of the blind project."""
        return self.facts.state

    @property
    def own_state(self) -> LedgerState:
        """What the ledger knows of this very project, without the answers of the blind one."""
        return replace(self.state, annotations=self.standing)

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.facts.settings

    @property
    def form(self) -> Form:
        """What the label config asks."""
        return self.facts.equivalence.form

    @property
    def reviewers(self) -> Sequence[Reviewer]:
        """Who may be asked."""
        return self.facts.reviewers

    @cached_property
    def flags(self) -> Sequence[Flag]:
        """What rules say of people's work."""
        blind = self.blind_project.state if self.blind_project else None
        known = self.bank.controls
        return flags_of(
            self.facts,
            answers_by_control(known, blind),
            {one.number: one.accepted for one in known if one.counts},
        )

    @property
    def person_states(self) -> Mapping[int, PersonEvent]:
        """The latest that became of each person; who has none is active."""
        return states_of(self.person_events)

    @property
    def round_status(self) -> RoundStatus:
        """Where the round of reviews stands."""
        return round_status_of(self.facts, self.tunables.round_least)

    @cached_property
    def demands(self) -> list[VoteDemand]:
        """What people owe of what is asked in this very project, as far as anybody is left to."""
        owed = self.facts.votes_owed
        return [
            replace(one, votes=owed.get(one.task, 0))
            for one in demands_here(self.facts, is_blind=self.is_blind)
        ]

    def with_people(self, people: People, events: Sequence[PersonEvent]) -> "Snapshot":
        """Return the snapshot, its blind project's too, with other people to ask.

        Args:
            people: The users, and who of them may be asked.
            events: All that became of people.
        """
        return replace(
            self,
            people=people,
            person_events=events,
            facts=self.facts.with_reviewers(people.reviewers),
            blind_project=self.blind_project and self.blind_project.with_people(people, events),
        )

    def with_facts(self, facts: ProjectFacts) -> "Snapshot":
        """Return the snapshot with other facts; the same ones change nothing."""
        return self if facts is self.facts else replace(self, facts=facts)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is to come for anybody any more."""
        undecided = self.state.tasks.keys() - self.state.decisions.keys()
        return not undecided and not self.facts.votes_owed

    def with_state(self, state: LedgerState) -> "Snapshot":
        """Return the snapshot with another state, and the facts that follow from it."""
        return self.with_facts(self.facts.with_state(state))
