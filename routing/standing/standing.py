"""Where a project stands, in numbers: its populations, what waits for whom, and the totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.facts.excluded_answers import ExcludedAudits
from routing.guarantee.audit_test import Promise
from routing.ledger.people import PersonState
from routing.planning.checking import NO_CHECKING, Checking
from routing.standing.annotator import AnnotatorStanding
from routing.standing.learning import LearningStanding

PopulationPhase = Literal["unlabelled", "pilot", "reviews", "due", "audits", "certified"]
"""`due`: people answered all that they were asked, so the next pass learns, and asks or freezes."""


NOTHING_EXCLUDED = ExcludedAudits()
"""Where no audit was answered by somebody who is excluded."""


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """What is known of a frozen population's promise.

    Attributes:
        model_version: The version whose labels were frozen.
        unchecked: Labels that nobody checked.
        bound: So many of these are wrong at most, by what is known now.
        allowed: So many of these may be wrong.
        evidence: As a share of what certifies the promise; 1.0: there is enough.
        answered: Checks that people answered.
        waiting: Checks that wait for an answer.
        lost: Checks that nobody can answer any more; they count as errors.
        to_come: Audits that are expected from now on, the waiting ones included.
        kept_at: When it was certified; None: not yet.
        overruled: Labels in which the model overrules people; they count among those allowed.
        of_excluded: The answered audits that somebody answered who is excluded now.
    """

    model_version: str
    unchecked: int
    bound: int
    allowed: int
    evidence: float
    answered: int
    waiting: int
    lost: int
    to_come: int
    kept_at: datetime | None
    overruled: int = 0
    of_excluded: ExcludedAudits = NOTHING_EXCLUDED


@dataclass(frozen=True, slots=True)
class PopulationStanding:
    """Where one population stands.

    Attributes:
        number: Its number; of what is open the one that it is to get.
        phase: What is going on.
        tasks: Its tasks, answered ones included.
        asked: Tasks of it that were given to people.
        answered: Those of them that people are done with.
        target_error: The share of its labels that may be wrong.
        risk: The probability with which the promise may be broken.
        audit: What is known since it was frozen; None: it is open.
        form_changes: What changed in the label config since it was frozen, a few words a change;
            where it is in audit, nothing is certified before the admin says what is to be done.
        unreadable: Labels of it that the changed label config does not know.
        group: The group of tasks that it is, in words; None: all that were open are in it.
        left: Labels that the model is to keep of an open group, by today's plan; None: it is no
            open group, or it cannot be told yet.
    """

    number: int
    phase: PopulationPhase
    tasks: int
    asked: int
    answered: int
    target_error: float
    risk: float
    audit: AuditStanding | None = None
    form_changes: Sequence[str] = ()
    unreadable: int = 0
    group: str | None = None
    left: int | None = None

    @property
    def allowed(self) -> int:
        """Labels of it that may be wrong."""
        return Promise(self.tasks, self.target_error, self.risk).allowed

    @property
    def is_open_group(self) -> bool:
        """Whether it is a group of what is not frozen yet."""
        return self.audit is None and self.group is not None

    @property
    def is_certified(self) -> bool:
        """Whether its promise is certified."""
        return self.phase == "certified"

    @property
    def is_held(self) -> bool:
        """Whether its audits say nothing, since the label config changed under it."""
        return self.phase == "audits" and bool(self.form_changes)


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """What waits for one person in one project.

    Attributes:
        worker: Their e-mail address; None: whoever comes, since no reviewer is named.
        tasks: Tasks that they are asked to answer.
        is_blind: It waits in the blind project.
        address: Where that project is.
    """

    worker: str | None
    tasks: int
    is_blind: bool
    address: str


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """What became of one person, and what is known of their work.

    Attributes:
        worker: The user.
        name: What they are called; no two reviewers are called the same.
        email: Their address.
        state: What they are.
        reason: Why, in one line; empty: nothing ever became of them.
        by: Whose word it was; None: Tandem's own, or nothing ever became of them.
        since: When that was; None: from the beginning.
        waiting: Tasks that wait for their answer.
        answers: Answers that they gave, also such as count no more.
        controls: Control tasks that they answered.
        right: Those of them that they answered right.
        skill: The share of items that they are expected to get right, by known answers; None:
            they answered none.
        low: The lower end of its interval, which holds the skill with 95%.
        high: The upper end.
        seconds: The median of what an answer took; None: nothing was measured.
        flags: What rules say of their work, a line each; the least probable of an honest person
            first.
    """

    worker: int
    name: str
    email: str
    state: PersonState = "active"
    reason: str = ""
    by: str | None = None
    since: datetime | None = None
    waiting: int = 0
    answers: int = 0
    controls: int = 0
    right: int = 0
    skill: float | None = None
    low: float | None = None
    high: float | None = None
    seconds: float | None = None
    flags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Spend:
    """What all labels took so far, by what the settings say of `costs`.

    Attributes:
        currency: What money is in.
        people: Money for people's labels.
        model: Money for the model's labels.
        hours: Of people's work.
        controls: Money for answers to control tasks, which are no labels.
        control_hours: Of people's work on control tasks.
        annotator: Money for the annotator's labels.
    """

    currency: str
    people: float
    model: float
    hours: float
    controls: float = 0.0
    control_hours: float = 0.0
    annotator: float = 0.0

    @property
    def money(self) -> float:
        """Money for all labels; control tasks are told apart from them."""
        return self.people + self.model + self.annotator


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a project stands.

    Attributes:
        project: Its title.
        address: Where it is.
        tasks: All its tasks.
        populations: The one that holds the most tasks first; none where there are no tasks.
        work: What waits for people.
        reviewers: E-mail addresses of those who may be asked.
        room: How many tasks more may wait for them, by their capacity.
        model_version: The version that learned last; None: none did.
        answers_learned_from: People's answers that it learned from.
        forecast: What the last round expects of the open population: `reviews`, `audits`, and
            tasks `left` to the model; None where nothing is open or it cannot tell.
        decisions: Tasks by what was decided of them.
        undecided: Tasks that nothing was decided about yet.
        human_labels: Labels that people gave; answers that cannot be read are none.
        controls: What control tasks took, which are no part of the labels.
        human_labels_to_come: `expected`, and the `low` and the `high` end of an interval; None
            where it cannot be told yet.
        spend: What answers took so far, also those that cannot be read; None where that cannot be
            told.
        skipped: Tasks that people skipped, once a person.
        strays: Answers of people who were not asked.
        unreadable: People's answers that say nothing in the label config's terms.
        unreadable_why: How many of them there are of each reason.
        ignored: People's answers from before Tandem, where the settings give them no say.
        of_nobody: Answers whose user was deleted before Tandem saw them; they have no say.
        of_excluded: Answers of people who are excluded; they have no say.
        people: What became of whom, and how they do: the reviewers, in the settings' order, then
            whoever else something became of.
        unreadable_tasks: Tasks whose text cannot be read, by reason, left to people.
        votes_owed: Votes that people owe and that somebody is left to give.
        votes_given_up: Votes that nobody is left to give.
        votes_missing: Votes among those that are owed and that wait since people are paused or
            excluded, of whom too few are left.
        learning: How often the model is wrong, and what more labels bring; None: it learned from no
            answer yet.
        annotator: What the annotator was asked, and how good it is; None: it labelled nothing.
        notices: What changed too late or does not fit, a line each.
        form_problem: Why the label config cannot be used; None: it can.
        backend_problem: Why the ML backend cannot be used; None: it can, or was not asked.
    """

    project: str
    address: str
    tasks: int = 0
    populations: Sequence[PopulationStanding] = ()
    work: Sequence[WaitingWork] = ()
    reviewers: Sequence[str] = ()
    room: int = 0
    model_version: str | None = None
    answers_learned_from: int = 0
    forecast: Mapping[str, int] | None = None
    decisions: Mapping[str, int] | None = None
    undecided: int = 0
    human_labels: int = 0
    controls: Checking = NO_CHECKING
    human_labels_to_come: Mapping[str, int] | None = None
    spend: Spend | None = None
    skipped: int = 0
    strays: int = 0
    unreadable: int = 0
    unreadable_why: Mapping[str, int] | None = None
    ignored: int = 0
    of_nobody: int = 0
    of_excluded: int = 0
    people: Sequence[PersonStanding] = ()
    unreadable_tasks: Mapping[str, Sequence[int]] | None = None
    votes_owed: int = 0
    votes_given_up: int = 0
    votes_missing: int = 0
    learning: LearningStanding | None = None
    annotator: AnnotatorStanding | None = None
    notices: Sequence[str] = ()
    form_problem: str | None = None
    backend_problem: str | None = None

    @property
    def is_certified(self) -> bool:
        """Whether the promise of every task is certified."""
        return bool(self.populations) and all(one.is_certified for one in self.populations)

    @property
    def without_room(self) -> int:
        """Votes that are owed and that no reviewer has room for now."""
        given_out = sum(one.tasks for one in self.work)
        return max(0, self.votes_owed - self.votes_missing - given_out)
