"""What passes decide over time: the pilot first, audits that refute, doubt that asks one more."""

import pytest

from tests.studio.conftest import NewLoop
from tests.studio.loops import Person

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
WITH_PILOT = {"accept_above": None, "max_votes": 2, "settle_above": 0.8}


class TestPilot:
    def test_nothing_is_taught_or_decided_before_it_is_settled(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 6, pilot=2, **WITH_PILOT)
        report = loop.sync()
        assert loop.kinds_counted() == {"pilot": 2}
        assert (report.owed, report.undecided) == (2, 4)
        (sure, (one,)), (doubted, (other,)) = loop.waiting(*people).items()
        one.answer(sure, "positive")
        loop.sync()
        other.answer(doubted, "negative")
        assert loop.sync().rulings == {"pilot": 1}
        assert [lesson["answers"] for lesson in loop.model.lessons] == [[]]
        ((task, (third,)),) = loop.waiting(*people).items()
        assert task == doubted
        assert third != other
        third.answer(doubted, "negative")
        report = loop.sync()
        taught = {one["text"]: one["label"] for one in loop.model.lessons[-1]["answers"]}
        texts = {task: seen.data["text"] for task, seen in loop.shown().items()}
        assert taught == {texts[sure]: "positive", texts[doubted]: "negative"}
        assert (report.rulings, report.undecided) == ({"review": 4}, 0)

    def test_what_everybody_skipped_is_not_waited_for(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 3, pilot=2, **WITH_PILOT)
        loop.sync()
        (answered, (one,)), (skipped, _) = loop.waiting(*people).items()
        one.answer(answered, "positive")
        for person in people:
            person.skip(skipped)
        report = loop.sync()
        assert (report.given_up, report.undecided) == (1, 0)
        assert loop.kinds_counted() == {"pilot": 2, "review": 1}

    def test_a_pilot_that_nobody_could_answer_holds_up_nothing(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 3, pilot=1, **WITH_PILOT)
        loop.sync()
        (skipped,) = loop.waiting(*people)
        for person in people:
            person.skip(skipped)
        report = loop.sync()
        assert (report.given_up, report.undecided) == (1, 0)
        assert loop.kinds_counted() == {"pilot": 1, "review": 2}

    def test_a_version_that_moves_meanwhile_settles_nothing(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 6, pilot=3, **WITH_PILOT)
        loop.sync()
        task, (person,) = next(iter(loop.waiting(*people).items()))
        person.answer(task, "positive")
        loop.model.name = "b"
        report = loop.sync()
        assert report.model_version.startswith("b")
        assert (report.labelled, report.rulings, report.undecided) == (6, {}, 3)
        assert loop.kinds_counted() == {"pilot": 3}

    def test_tasks_that_come_later_are_decided_by_what_was_learned(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(*[0.6] * 3, pilot=3, **WITH_PILOT)
        loop.sync()
        loop.answer_all("positive", *people)
        loop.sync()
        loop.import_texts({f"More {n}": 0.6 for n in range(20)})
        report = loop.sync()
        assert report.undecided == 0


class TestAudits:
    def test_refuting_ones_take_back_what_the_version_was_trusted_with(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.9, 0.9, 0.9)
        loop.sync()
        trusted = loop.studio.task_ids()
        loop.policy(audit_share=1)
        audited = loop.import_texts({"More 0": 0.9, "More 1": 0.9})
        loop.sync()
        loop.policy(audit_share=0)
        loop.model.name = "b"
        (later,) = loop.import_texts({"Later": 0.9})
        loop.sync()
        loop.answer_all("negative", *people)
        report = loop.sync()
        kinds = dict.fromkeys(trusted, "retract") | dict.fromkeys(audited, "audit")
        assert loop.kinds() == kinds | {later: "accept"}
        assert report.rulings == {"retract": 3}
        models = [one.task for one in loop.annotations() if one.completed_by == loop.model_user()]
        assert models == [later]
        assert sorted(loop.waiting(*people)) == trusted
        assert not any(loop.shown()[task].is_labeled for task in trusted)
        assert loop.sync().changes == []

    def test_agreeing_ones_take_nothing_back(self, new_loop: NewLoop, people: People) -> None:
        loop = new_loop(0.9, 0.9, 0.9)
        loop.sync()
        loop.policy(audit_share=1)
        loop.import_texts({"More 0": 0.9, "More 1": 0.9})
        loop.sync()
        loop.answer_all("positive", *people)
        assert loop.sync().rulings == {}
        assert loop.kinds_counted() == {"accept": 3, "audit": 2}

    def test_a_refuted_version_is_trusted_with_nothing_more(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.9, 0.9, audit_share=1)
        loop.model.learns = False
        loop.sync()
        loop.answer_all("negative", *people)
        loop.sync()
        (task,) = loop.import_texts({"More": 0.9})
        loop.sync()
        assert loop.kinds()[task] == "review"


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
        loop = new_loop(0.75, max_votes=3)
        loop.sync()
        loop.answer_all("positive", *people)
        report = loop.sync()
        assert (report.rulings, report.remaining) == ({}, 0)

    def test_as_many_are_asked_at_once_as_votes_are_wanted(
        self, new_loop: NewLoop, people: People
    ) -> None:
        loop = new_loop(0.6, 0.5, votes=2, max_votes=2)
        report = loop.sync()
        waiting = loop.waiting(*people)
        assert {task: len(set(who)) for task, who in waiting.items()} == dict.fromkeys(waiting, 2)
        assert {seen.overlap for seen in loop.shown().values()} == {2}
        assert report.owed == 4
