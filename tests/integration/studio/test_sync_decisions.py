"""What passes decide before a freeze: the pilot first, then rounds; doubt that asks one more."""

import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]


class TestPilot:
    def test_nothing_is_taught_or_decided_before_it_is_settled(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 6, pilot=2, max_votes=3, settle_above=0.9)
        report = loop.sync()
        assert loop.kinds_counted() == {"pilot": 2}
        assert (report.owed, report.undecided) == (2, 4)
        assert [one.phase for one in report.standing.populations] == ["pilot"]
        loop.answer_all("positive", *people)
        assert loop.sync().decisions == {"pilot": 2}
        (sure, (one,)), (doubted, (other,)) = loop.waiting(*people).items()
        one.answer(loop.place(sure), "positive")
        other.answer(loop.place(doubted), "negative")
        assert loop.sync().decisions == {"pilot": 1}
        assert [training_set["answers"] for training_set in loop.model.training_sets] == [[]]
        ((task, (third,)),) = loop.waiting(*people).items()
        assert task == doubted
        assert third != other
        third.answer(loop.place(doubted), "negative")
        report = loop.sync()
        taught = {one["text"]: one["label"] for one in loop.model.training_sets[-1]["answers"]}
        texts = {task: seen.data["text"] for task, seen in loop.shown().items()}
        assert taught == {texts[sure]: "positive", texts[doubted]: "negative"}
        assert (report.decisions, report.undecided) == ({"review": 4}, 0)

    def test_what_everybody_skipped_is_not_waited_for(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 3, pilot=2)
        loop.sync()
        (answered, (one,)), (skipped, _) = loop.waiting(*people).items()
        one.answer(loop.place(answered), "positive")
        for person in people:
            person.skip(loop.place(skipped))
        report = loop.sync()
        assert (report.given_up, report.undecided) == (1, 0)
        assert loop.kinds_counted() == {"pilot": 2, "review": 1}

    def test_one_that_nobody_could_answer_holds_up_nothing(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 3, pilot=1)
        loop.sync()
        (skipped,) = loop.waiting(*people)
        for person in people:
            person.skip(loop.place(skipped))
        report = loop.sync()
        assert (report.given_up, report.undecided) == (1, 0)
        assert loop.kinds_counted() == {"pilot": 1, "review": 2}

    def test_a_version_that_moves_meanwhile_settles_nothing(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 6, pilot=3)
        loop.sync()
        task, (person,) = next(iter(loop.waiting(*people).items()))
        person.answer(loop.place(task), "positive")
        loop.model.name = "b"
        report = loop.sync()
        assert report.model_version == "b-0", "a part of the pilot teaches nothing"
        assert (report.labelled, report.decisions, report.undecided) == (5, {}, 3)
        assert loop.kinds_counted() == {"pilot": 3}


class TestRounds:
    @pytest.mark.usefixtures("two_at_a_time")
    def test_one_begins_once_people_are_done_with_the_last_and_the_model_learned_from_it(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.9, 0.6, 0.8, 0.5, 0.7)
        loop.sync()
        sure, first, fourth, second, third = loop.studio.task_ids()
        assert sorted(loop.waiting(*people)) == [first, second], "the most doubtful"
        loop.waiting(*people)[first][0].answer(first, "positive")
        report = loop.sync()
        assert (report.decisions, len(loop.model.training_sets)) == ({}, 1)
        loop.waiting(*people)[second][0].answer(second, "positive")
        report = loop.sync()
        assert (report.decisions, report.model_version) == ({"review": 2}, "a-2")
        assert len(loop.model.training_sets[-1]["answers"]) == 2
        assert loop.model.asked[-1] == [sure, fourth, third], "what people answered keeps its own"
        assert sorted(loop.waiting(*people)) == [fourth, third]
        assert [one.answers for one in loop.state.rounds] == [0, 2]

    def test_of_some_tasks_the_pre_label_is_not_shown(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 20, blind_share=0.5)
        loop.sync()
        beside, kinds = loop.waiting_here(*people), loop.kinds()
        assert loop.kinds_counted().keys() == {"review", "blind"}
        assert list(beside) == [task for task in kinds if kinds[task] == "review"]
        assert list(loop.waiting(*people)) == list(kinds)

    @pytest.mark.usefixtures("two_at_a_time")
    def test_what_people_want_proved_may_change_between_them(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 6)
        loop.sync()
        loop.answer_all("positive", *people)
        loop.policy(target_error=0.4)
        loop.sync()
        (population,) = loop.state.populations
        assert (population.size, population.error) == (6, 0.4)
        assert loop.kinds_counted() == {"review": 2, "audit": 2}

    def test_what_people_answered_all_of_is_certified_and_nothing_is_left_to_the_model(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, 0.9)
        loop.sync()
        loop.answer_all("negative", *people)
        report = loop.sync()
        assert report.standing.is_certified
        assert loop.frozen().answered == loop.studio.task_ids()
        assert (report.remaining, loop.accepted()) == (0, {})


class TestDoubt:
    def test_it_asks_one_more_up_to_the_most(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(0.6, max_votes=3)
        loop.sync()
        (task,) = loop.studio.task_ids()
        answered: list[Person] = []
        for number, label in enumerate(("negative", "positive", "negative"), start=1):
            (asked,) = loop.waiting(*people)[task]
            shown = loop.shown()[task]
            assert (shown.overlap, shown.is_labeled) == (number, False)
            assert asked not in answered
            asked.answer(task, label)
            answered.append(asked)
            report = loop.sync()
        assert loop.waiting(*people) == {}
        assert (loop.shown()[task].overlap, loop.shown()[task].is_labeled) == (3, True)
        assert report.remaining == 0

    def test_a_vote_that_agrees_with_the_model_settles(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.75, max_votes=3, settle_above=0.9)
        loop.sync()
        loop.answer_all("positive", *people)
        report = loop.sync()
        assert (report.decisions, report.remaining) == ({}, 0)

    def test_what_is_asked_blind_is_settled_by_people_alone(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.75, max_votes=3, settle_above=0.9, blind_share=1)
        loop.sync()
        loop.answer_all("positive", *people)
        report = loop.sync()
        assert (report.decisions, report.remaining) == ({"blind": 1}, 1)

    def test_as_many_are_asked_at_once_as_votes_are_wanted(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, 0.5, votes=2, max_votes=2)
        report = loop.sync()
        waiting = loop.waiting(*people)
        assert {task: len(set(who)) for task, who in waiting.items()} == dict.fromkeys(waiting, 2)
        assert {seen.overlap for seen in loop.shown().values()} == {2}
        assert report.owed == 4
