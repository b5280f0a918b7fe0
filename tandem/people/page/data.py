"""What a person's page says: their own work and pay, and of others no more than how many they were.

Where they and the consensus differ is shown as far as `tandem.people.agreement` allows, and control
tasks as far as `tandem.people.page.controls` does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from aggregation.quality.workers import quality
from aggregation.votes import Answer
from routing.facts.project import ProjectFacts
from routing.snapshot.snapshot import Snapshot
from routing.work.active_time import TimedAnswer, hours_a_day
from tandem.people.agreement import comparable, says_the_consensus
from tandem.people.page.controls import UsedUpControl, skill_by_controls, used_up_controls
from tandem.people.payout import PayoutLine, payout_of
from tandem.people.work import PersonWork, timed_work, work_of_person
from tandem.report.collector import same_by
from tandem.report.data import Share
from tandem.report.quality import Same
from tandem.report.wording import answer_in_words, item_in_words


@dataclass(frozen=True, slots=True)
class WorkDay:
    """A day of work."""

    day: date
    answers: int
    hours: float


@dataclass(frozen=True, slots=True)
class Difference:
    """An item of which the consensus says something else.

    Attributes:
        task: Label Studio's id.
        text: What was asked about.
        own: The person's answer, in words.
        consensus: People's consensus, in words.
        probability: How probable the consensus is, in [0, 1].
        others: Others who answered it.
        agreeing: Those of them who say the consensus.
    """

    task: int
    text: str
    own: str
    consensus: str
    probability: float
    others: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that the page says.

    Attributes:
        title: The project's title.
        name: The person, by their address.
        at: When the page was made.
        days: The days on which they worked, in order.
        work: What they did, and how it went within their sessions.
        line: What they earned in all, and how it stands to a fair hour; None: they did nothing.
        currency: What amounts are in.
        floor: The least that an hour should be paid; None: none is set.
        with_others: How often they say what most others do; None: nothing to compare.
        skill: The skill that control tasks tell; None: they answered none.
        good: The skill that people are to have.
        controls: Control tasks of theirs that nobody is asked any more.
        differences: Where they and the consensus differ, the surest first.
        compared: Their items that two others or more answered, and that are settled.
    """

    title: str
    name: str
    at: datetime
    days: Sequence[WorkDay]
    work: PersonWork
    line: PayoutLine | None
    currency: str
    floor: float | None
    with_others: Share | None
    skill: Share | None
    good: float
    controls: Sequence[UsedUpControl]
    differences: Sequence[Difference]
    compared: int

    @property
    def answers(self) -> int:
        """Answers that they gave, of every kind; skips are none."""
        return sum(one.answers for one in self.days)


def person_page(
    snapshot: Snapshot, worker: int, everybody: Sequence[TimedAnswer] | None = None
) -> PersonPage:
    """Collect what a person's page says.

    Args:
        snapshot: The main project's.
        worker: The user.
        everybody: What `timed_work` gave; None: it is worked out.

    Returns:
        The page.
    """
    given = timed_work(snapshot) if everybody is None else everybody
    work = work_of_person(snapshot, worker, given)
    facts, costs = snapshot.facts, snapshot.settings.costs
    email = snapshot.people.users[worker].email
    compared, same = comparable(snapshot, worker), same_by(facts.equivalence)
    right = says_the_consensus(facts, compared)
    differing = [compared[task] for task, is_right in right.items() if not is_right]
    return PersonPage(
        title=snapshot.project.title,
        name=email,
        at=snapshot.clock(),
        days=_days(work.answers),
        work=work,
        line=_line(snapshot, given, work.answers, email),
        currency=costs.currency,
        floor=costs.fair_per_hour,
        with_others=_with_others(facts, own_name(facts, worker, email), same),
        skill=skill_by_controls(snapshot, worker),
        good=snapshot.settings.quality.good,
        controls=used_up_controls(snapshot, worker),
        differences=_differences(facts, differing, same),
        compared=len(compared),
    )


def own_name(facts: ProjectFacts, worker: int, email: str) -> str:
    """Return the name that a user's answers are counted under.

    Args:
        facts: What is known of the project.
        worker: The user.
        email: Their address, where they answered nothing.
    """
    names = (one.worker for one in facts.state.annotations if one.worker_id == worker)
    return next(names, email)


def _line(
    snapshot: Snapshot, work: Sequence[TimedAnswer], own: Sequence[TimedAnswer], email: str
) -> PayoutLine | None:
    if not own:
        return None
    days = [one.answer.at.astimezone().date() for one in own]
    emails = {own[0].answer.worker: email}
    payout = payout_of(work, emails, snapshot.settings, min(days), max(days))
    return next(one for one in payout.lines if one.pay.worker == own[0].answer.worker)


def _days(own: Sequence[TimedAnswer]) -> list[WorkDay]:
    given: dict[date, int] = {}
    for one in own:
        day = one.answer.at.astimezone().date()
        given[day] = given.get(day, 0) + (not one.answer.skipped)
    return [WorkDay(day, given[day], hours) for day, hours in hours_a_day(own, None).items()]


def _differences(facts: ProjectFacts, own: Sequence[Answer], same: Same) -> list[Difference]:
    found = []
    for one in own:
        settled, text = facts.settled[one.task], facts.state.texts.get(one.task)
        others = [each for each in facts.consensus.people[one.task] if each.worker != one.worker]
        found.append(
            Difference(
                task=one.task,
                text=item_in_words(facts.equivalence, text),
                own=answer_in_words(facts.equivalence, one.label, text),
                consensus=answer_in_words(facts.equivalence, settled.label, text),
                probability=settled.probability,
                others=len(others),
                agreeing=sum(same(each.label, settled.label) for each in others),
            )
        )
    return sorted(found, key=lambda one: (-one.probability, one.task))


def _with_others(facts: ProjectFacts, name: str, same: Same) -> Share | None:
    """Return how often somebody says what most of the others do."""
    answers = [one for given in facts.consensus.people.values() for one in given]
    if not any(one.worker == name for one in answers):
        return None
    skills = pd.Series(facts.consensus.skills, dtype="float64")
    row: dict[Any, float] = quality(answers, skills, {}, same).loc[name].to_dict()
    if not row["compared"]:
        return None
    ends = row["agreement_low"], row["agreement_high"]
    return Share(row["agreement"], *ends, int(row["compared"]))
