"""What the dashboard's pages say, apart from how they look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing.standing.standing import Standing
from tandem.report.data import Share


@dataclass(frozen=True, slots=True)
class Spent:
    """What people's and the model's labels cost so far, and what is still expected.

    Attributes:
        currency: What money is in.
        money: What all labels cost so far.
        hours: Of people's work so far.
        to_come: Money that is expected from now on: as expected, and the low and the high end;
            None where it cannot be told yet.
    """

    currency: str
    money: float
    hours: float
    to_come: tuple[float, float, float] | None


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """How far one person is.

    Attributes:
        name: Their e-mail address.
        waiting: Tasks that wait for them.
        answered: Answers that they gave.
        today: Answers that they gave today.
        skipped: Tasks that they skipped.
        strays: Answers among theirs that they were not asked for.
        agreement: How often they say what the majority of the others says.
        is_asked: Whether they may be asked; others answered unasked, or were asked before.
    """

    name: str
    waiting: int
    answered: int
    today: int
    skipped: int
    strays: int
    agreement: Share | None
    is_asked: bool


@dataclass(frozen=True, slots=True)
class WorkPlace:
    """Where work waits for somebody.

    Attributes:
        address: Opens the first of the tasks, and leads to the next one after each.
        left: Tasks that wait there.
        is_blind: Whether they are asked without showing the model's answer.
    """

    address: str
    left: int
    is_blind: bool


@dataclass(frozen=True, slots=True)
class ReviewerPage:
    """What one reviewer is told.

    Attributes:
        name: Their e-mail address; `everybody` where no reviewer is named.
        project: The project's title.
        places: Where their work is, what should be done first before the rest.
        today: Answers that they gave today.
        answered: Answers that they gave in all.
        is_finished: Whether nothing will be asked of anybody any more.
    """

    name: str
    project: str
    places: Sequence[WorkPlace]
    today: int
    answered: int
    is_finished: bool

    @property
    def left(self) -> int:
        """Tasks that wait for them, wherever."""
        return sum(place.left for place in self.places)


@dataclass(frozen=True, slots=True)
class AdminPage:
    """What the admin is told.

    Attributes:
        standing: Where the project stands, in numbers.
        sentences: The same in a plain sentence a population, the largest first.
        next_step: Who must do what next.
        totals: What all populations come to, in a sentence.
        remarks: What else should be known, a sentence each.
        spent: What it cost, and will.
        people: Everybody who is asked or answered, the busiest first.
        backend: What the ML backend does, in a line.
    """

    standing: Standing
    sentences: Sequence[str]
    next_step: str
    totals: str
    remarks: Sequence[str]
    spent: Spent
    people: Sequence[PersonProgress]
    backend: str


@dataclass(frozen=True, slots=True)
class ProjectLook:
    """One look at a project, as all pages show it.

    Attributes:
        at: When it was taken.
        admin: The admin's page.
        reviewers: Each reviewer's, by e-mail address.
    """

    at: datetime
    admin: AdminPage
    reviewers: Mapping[str, ReviewerPage]

    def page_of(self, name: str) -> ReviewerPage | None:
        """Return somebody's page, whatever the case of their address; None: they do not review."""
        names = {one.casefold(): page for one, page in self.reviewers.items()}
        return names.get(name.casefold())
