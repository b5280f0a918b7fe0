"""What known letters found out of the demo's reviewers, beside the truth that only a demo knows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table

from labeling.settings.sections import CostSettings
from routing.control_tasks.answers import answers_by_control
from routing.ledger.control_tasks import control_tasks
from routing.ledger.records import Assignment, LedgerAnnotation
from routing.planning.costs import rates
from routing.snapshot.snapshot import Snapshot
from routing.standing.standing import PersonStanding
from tandem.demo.reviewers import Post, SimulatedReviewer
from tandem.standing.people import person_line


@dataclass(frozen=True, slots=True)
class CheckedReviewer:
    """A simulated reviewer, and what came of their work.

    Attributes:
        standing: How they stand, with their known letters.
        labelled: Letters of the project that they labelled.
        right: Of these, the labels that are the gold ones.
        moved_on: Letters that waited for them when they were paused, and were given to others.
    """

    standing: PersonStanding
    labelled: int
    right: int
    moved_on: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What somebody would have said of the letters that others labelled since they were paused.

    Attributes:
        answers: What others answered since.
        right: Of these, the labels that are the gold ones.
        would_be_right: How many would be, had the paused reviewer given each of them.
        share: The part of the answers that would have been theirs, had they gone on.
    """

    answers: int
    right: int
    would_be_right: int
    share: float

    @property
    def wrong_answers(self) -> int:
        """The wrong answers that are expected to have been spared."""
        return round(self.share * (self.right - self.would_be_right))


def said_of_checks(
    snapshot: Snapshot,
    people: Sequence[PersonStanding],
    simulated: Sequence[SimulatedReviewer],
    posts: Mapping[int, Post],
) -> list[Table | str]:
    """Say what known letters found out of simulated reviewers, and what it saved to pause one.

    Args:
        snapshot: The demo's project.
        people: How each person stands.
        simulated: The reviewers; none where a person reviewed, whom nothing checks.
        posts: The letters with their gold labels, by task.

    Returns:
        A table, and a paragraph for each who is paused.
    """
    if not simulated:
        return []
    answers = [one for one in snapshot.state.annotations if _is_label(one)]
    checks, costs = len(control_answers_of(snapshot)), snapshot.settings.costs
    by_email = {one.email: one for one in simulated}
    rows = checked_reviewers(people, answers, _letters_asked(snapshot), posts)
    labels, share = snapshot.facts.labels, 1 / len(simulated)
    return [
        checks_table(rows),
        *(
            saved_line(one, saved(one, by_email[one.email], answers, posts, labels, share), costs)
            for one in people
            if one.state == "paused"
        ),
        f"{checks} answers to known letters, which label nothing, are counted among Tandem's"
        f" labels above; they cost {costs.currency}{rates(costs).money(checks):.2f}.",
    ]


def control_answers_of(snapshot: Snapshot) -> list[LedgerAnnotation]:
    """Return the labels that people gave to known letters."""
    blind = snapshot.blind_project
    given = answers_by_control(control_tasks(snapshot.ledger), blind.state if blind else None)
    return [one for one in given if _is_label(one)]


def checked_reviewers(
    people: Sequence[PersonStanding],
    answers: Sequence[LedgerAnnotation],
    asked: Sequence[Assignment],
    posts: Mapping[int, Post],
) -> list[CheckedReviewer]:
    """Put together how the reviewers did.

    Args:
        people: How each stands.
        answers: The labels that they gave to the project's letters.
        asked: Who was ever asked which of them.
        posts: The letters with their gold labels, by task.

    Returns:
        One a person.
    """
    return [
        CheckedReviewer(
            standing=person,
            labelled=len(own),
            right=_right(own, posts),
            moved_on=_moved_on(person, asked),
        )
        for person in people
        for own in [[one for one in answers if one.worker_id == person.worker]]
    ]


def saved(
    paused: PersonStanding,
    reviewer: SimulatedReviewer,
    answers: Sequence[LedgerAnnotation],
    posts: Mapping[int, Post],
    labels: Sequence[str],
    share: float,
) -> Saved:
    """Hold what others answered since somebody was paused against what that one would have said.

    Args:
        paused: Who was paused, and since when.
        reviewer: The same, as simulated: what they say of a letter never depends on who asks.
        answers: The labels that people gave to the project's letters.
        posts: The letters with their gold labels, by task.
        labels: Every label.
        share: The part of all answers that was theirs before.

    Returns:
        Both, counted against gold.
    """
    since = [
        one
        for one in answers
        if paused.since and one.created_at > paused.since and one.worker_id != paused.worker
    ]
    theirs = [reviewer.answer(posts[one.task], labels) == posts[one.task].gold for one in since]
    return Saved(len(since), _right(since, posts), sum(theirs), share)


def checks_table(rows: Collection[CheckedReviewer]) -> Table:
    """Return how the reviewers did as a table."""
    table = Table(title="Known letters check the reviewers, who are SIMULATED")
    table.add_column("Reviewer")
    table.add_column("State")
    for name in ("Known letters right", "Letters labelled", "Right against gold", "Moved on"):
        table.add_column(name, justify="right")
    for row in rows:
        one = row.standing
        table.add_row(
            one.name,
            one.state,
            f"{one.right} of {one.controls}",
            str(row.labelled),
            f"{row.right / row.labelled:.0%}" if row.labelled else "",
            str(row.moved_on) if one.state == "paused" else "",
        )
    return table


def saved_line(paused: PersonStanding, spared: Saved, costs: CostSettings) -> str:
    """Say who was paused, why, and what that saved.

    Args:
        paused: Who was paused.
        spared: What they would have said since.
        costs: What labels cost.

    Returns:
        One paragraph; what is expected and not counted is said with "about".
    """
    if not spared.answers:
        return f"{person_line(paused)} Nobody was asked anything after that."
    theirs = round(spared.share * spared.answers)
    money = f"{costs.currency}{rates(costs).money(theirs):.2f}"
    return (
        f"{person_line(paused)} Since then others gave {spared.answers} labels,"
        f" {spared.right / spared.answers:.0%} of them right; {paused.name} would have been right"
        f" in {spared.would_be_right / spared.answers:.0%} of the same letters. About {theirs} of"
        f" these labels would have been {paused.name}'s, for {money}: there are about"
        f" {spared.wrong_answers} wrong ones fewer."
    )


def _letters_asked(snapshot: Snapshot) -> list[Assignment]:
    """Return who was ever asked which letter of the project, there or in the blind one."""
    blind = snapshot.blind_project
    twins = [] if blind is None else blind.state.assignments
    return [
        *snapshot.state.assignments,
        *(
            one
            for one in twins
            if blind and blind.state.tasks[one.task].source in snapshot.state.tasks
        ),
    ]


def _is_label(one: LedgerAnnotation) -> bool:
    return one.kind == "person" and one.answer is not None and not one.was_cancelled


def _right(answers: Sequence[LedgerAnnotation], posts: Mapping[int, Post]) -> int:
    return sum(one.answer == posts[one.task].gold for one in answers)


def _moved_on(person: PersonStanding, asked: Sequence[Assignment]) -> int:
    """Count the letters that were taken from somebody when they were paused."""
    return sum(
        one.worker == person.worker and one.state == "withdrawn" and _is_since(one, person.since)
        for one in asked
    )


def _is_since(one: Assignment, moment: datetime | None) -> bool:
    return moment is not None and one.ended_at is not None and one.ended_at >= moment
