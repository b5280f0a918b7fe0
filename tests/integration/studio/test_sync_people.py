"""What people do is theirs: every answer of a person stays as it is, and counts."""

from datetime import timedelta

import pytest

from routing.standing.standing import Standing
from routing.tunables import Tunables
from tandem.session import Session
from tandem.status import status_of
from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Loop, Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


@pytest.fixture
def tunables() -> Tunables:
    """Let an answer be edited at once, since these tests take less than a second to do so."""
    return Tunables(edited_after=timedelta(milliseconds=20))


def answers(loop: Loop) -> dict[int, str]:
    """What Label Studio holds of each task that was answered once."""
    return {one.task: one.result[0]["value"]["choices"][0] for one in loop.annotations()}


def status(loop: Loop) -> Standing:
    session = Session(loop.settings, loop.studio, loop.backend, loop.ledger)
    return status_of(session).standing


class TestEdits:
    def test_an_accepted_answer_that_a_person_edits_becomes_their_vote_and_is_left_alone(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(*[0.9] * 4, pilot=2, target_error=0.5)
        loop.sync()
        loop.answer_all("positive", *people)
        loop.sync()
        edited, other = (one for one in loop.annotations() if one.completed_by == loop.model_user())
        ana.edit(edited.id, "negative")
        report = loop.sync()
        kept = {one.id: one for one in loop.state.annotations}[edited.id]
        assert (kept.kind, kept.worker, kept.answer) == ("person", ana.email, "negative")
        assert kept.stray
        assert loop.answers.votes[edited.task] == ("negative",)
        assert other.task not in loop.answers.votes
        assert report.changes == []
        assert answers(loop)[edited.task] == "negative"

    def test_a_changed_mind_counts_once(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(0.5, max_votes=3)
        loop.sync()
        ((task, (person,)),) = loop.waiting(*people).items()
        made = person.answer(task, "negative")
        loop.sync()
        person.edit(made, "positive")
        person.answer(task, "positive")
        loop.sync()
        assert loop.answers.votes[task] == ("positive",)
        assert person not in loop.waiting(*people).get(task, [])


class TestStrays:
    def test_one_is_kept_and_counted_and_relieves_who_was_asked(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.sync()
        ((task, (asked,)),) = loop.waiting(*people).items()
        other = next(person for person in people if person != asked)
        made = other.answer(task, "negative")
        report = loop.sync()
        (kept,) = loop.state.annotations
        assert (kept.id, kept.worker, kept.stray) == (made, other.email, True)
        assert loop.answers.votes == {task: ("negative",)}
        assert (loop.asked(asked), report.owed) == ([], 0)
        assert [one.state for one in loop.state.assignments] == ["withdrawn"]
        assert status(loop).strays == 1

    def test_one_before_anything_was_decided_counts_as_well(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, *_ = people
        loop = new_loop(0.5, 0.9)
        for task in loop.studio.task_ids():
            ana.answer(task, "negative")
        report = loop.sync()
        assert loop.waiting(*people) == {}
        assert (report.owed, report.undecided) == (0, 0)
        assert [one.completed_by for one in loop.annotations()] == [ana.id, ana.id]


class TestDeleted:
    def test_an_answer_is_marked_and_asked_for_again(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.sync()
        ((task, (person,)),) = loop.waiting(*people).items()
        made = person.answer(task, "negative")
        loop.sync()
        person.delete(made)
        report = loop.sync()
        assert report.owed == 1
        assert loop.answers.votes == {}
        (gone,) = loop.ledger.history(task).annotations
        assert (gone.id, gone.answer) == (made, "negative")
        assert gone.deleted_at is not None
        assert list(loop.waiting(*people)) == [task]
        assert not loop.shown()[task].is_labeled


class TestSkips:
    def test_what_one_skipped_moves_on_to_somebody_else(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.sync()
        ((task, (first,)),) = loop.waiting(*people).items()
        first.skip(task)
        report = loop.sync()
        ((_, (second,)),) = loop.waiting(*people).items()
        assert second != first
        assert (report.owed, report.given_up) == (1, 0)
        states = {one.worker: one.state for one in loop.state.assignments}
        assert states == {first.id: "skipped", second.id: "open"}
        second.answer(task, "positive")
        assert loop.sync().remaining == 0

    def test_what_all_skipped_is_given_up_and_said_to_be(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        for _ in people:
            loop.sync()
            ((task, (person,)),) = loop.waiting(*people).items()
            person.skip(task)
        report = loop.sync()
        assert (report.given_up, report.owed, report.unassigned) == (1, 0, 0)
        assert report.remaining == 0
        said = status(loop)
        assert (said.votes_given_up, said.votes_owed, said.skipped) == (1, 0, 3)
        assert loop.waiting(*people) == {}

    def test_an_answer_that_says_nothing_moves_on_like_a_skip(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.5)
        loop.sync()
        ((task, (first,)),) = loop.waiting(*people).items()
        first.submit_nothing(task)
        loop.sync()
        ((_, (second,)),) = loop.waiting(*people).items()
        assert second != first
        assert not loop.shown()[task].is_labeled, "else it is in nobody's stream"
        assert loop.sync().changes == []
        second.answer(task, "positive")
        assert loop.sync().remaining == 0
        assert loop.shown()[task].is_labeled


class TestCapacity:
    def test_it_is_respected_and_refilled_at_the_next_pass(
        self, new_loop: NewLoop, people: People
    ) -> None:
        ana, ben, _ = people
        loop = new_loop(*[0.5] * 7)
        loop.staff(ana, ben, capacity=2)
        report = loop.sync()
        assert (len(loop.asked(ana)), len(loop.asked(ben))) == (2, 2)
        assert (report.owed, report.unassigned) == (7, 3)
        done = loop.asked(ana)
        for task in done:
            ana.answer(task, "positive")
        report = loop.sync()
        assert (len(loop.asked(ana)), len(loop.asked(ben))) == (2, 2)
        assert not set(loop.asked(ana)) & set(done)
        assert (report.owed, report.unassigned) == (5, 1)

    def test_who_leaves_hands_over_what_waited(self, new_loop: NewLoop, people: People) -> None:
        ana, ben, _ = people
        loop = new_loop(*[0.5] * 4)
        loop.staff(ana, ben)
        loop.sync()
        loop.staff(ben)
        report = loop.sync()
        assert len(loop.asked(ben)) == 4
        assert report.unassigned == 0
        assert {one.state for one in loop.state.assignments if one.worker == ana.id} == {
            "withdrawn"
        }
