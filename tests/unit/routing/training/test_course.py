"""One person's course: what is asked next, when an exam ends, and what an attempt may use."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent
from routing.training.course import HANDED_OUT, Course, CourseItem, course_of
from routing.training.items import Part
from tests.support.known_answers import known_answer, retire
from tests.support.observed_tasks import NOON

NEW = PersonEvent(7, 1, "in training", None, "new", None, NOON)
BOTH = QualitySettings(
    training="both", exam_controls=12, exam_skill=0.6, exam_probability=0.9, exam_retries=1
)
"""Four right answers in a row pass this exam: then 0.6 is reached with probability 0.92."""


def items(training: int = 2, exam: int = 24) -> list[CourseItem]:
    made = []
    for number in range(1, training + exam + 1):
        part: Part = "training" if number <= training else "exam"
        known = known_answer(number, str(number % 2))
        made.append(CourseItem(known, part, 100 + number))
    return made


class Person:
    """Somebody who answers what is open, and what the course makes of it."""

    def __init__(self, quality: QualitySettings = BOTH, **counts: int) -> None:
        self.quality, self.items = quality, items(**counts)
        self.events = [NEW]
        self.moment = NOON

    def course(self) -> Course:
        return course_of(7, self.items, self.events, self.quality, 0)

    def step(self) -> Course:
        """Look where they stand, and record what changes."""
        course = self.course()
        if course.change:
            state, reason, evidence = course.change
            number = len(self.events) + 1
            self.events.append(PersonEvent(7, number, state, None, reason, evidence, NOON))
        return course

    def answer(self, right: Sequence[bool]) -> None:
        """Answer open items, as many as are said."""
        for task, is_right in zip(self.course().open, right, strict=False):
            self.moment += timedelta(seconds=9)
            self.items = [
                replace(one, answered_at=self.moment, is_right=is_right)
                if one.task == task
                else one
                for one in self.items
            ]

    def evidence(self) -> Any:
        return self.events[-1].evidence


def read(person: Person) -> None:
    person.answer([False] * 2)


def test_the_training_comes_first_and_its_answers_are_not_judged() -> None:
    person = Person()
    assert person.step() == Course("training", (101, 102))
    person.answer([False])
    assert person.step() == Course("training", (102,))
    person.answer([False])
    assert person.step().stage == "exam"


def test_a_training_alone_lets_in_who_went_through_it() -> None:
    person = Person(BOTH.model_copy(update={"training": "training"}), exam=0)
    read(person)
    course = person.step()
    assert course.stage == "passed"
    assert person.events[-1].state == "active"
    assert person.events[-1].reason == "went through the training: 2 items"


def test_an_exam_hands_out_a_few_items_of_each_label() -> None:
    person = Person(BOTH.model_copy(update={"training": "exam"}))
    opened = person.step().open
    assert len(opened) == HANDED_OUT
    labels = [one.known.accepted[0] for one in person.items if one.task in opened]
    assert {labels.count("0"), labels.count("1")} == {2, 3}


def test_what_is_answered_makes_room_for_the_next() -> None:
    person = Person()
    read(person)
    person.answer([True, False, True])
    course = person.step()
    assert course.stage == "exam"
    assert len(course.open) == HANDED_OUT
    answered = {one.task for one in person.items if one.answered_at}
    assert not answered & set(course.open)


def test_a_clear_pass_ends_it_early_and_lets_them_in() -> None:
    person = Person()
    read(person)
    person.answer([True] * 5)
    assert person.step().stage == "passed"
    assert person.events[-1].state == "active"
    assert person.events[-1].reason == "passed the exam: 4 of 4 right"
    assert {"exam": "passed", "right": 4, "answers": 4, "attempt": 1}.items() <= (
        person.evidence().items()
    )


@pytest.mark.parametrize("last", [True, False])
def test_a_result_is_judged_where_it_became_clear_whenever_one_looks(last: bool) -> None:
    person = Person()
    read(person)
    person.answer([True] * 4 + [last])
    assert person.step().stage == "passed"


def fail(person: Person) -> Course:
    while True:
        person.answer([False] * HANDED_OUT)
        course = person.step()
        if course.stage != "exam":
            return course


def test_who_fails_may_try_again_with_other_items_and_old_answers_do_not_count() -> None:
    person = Person()
    read(person)
    assert fail(person).stage == "failed"
    assert person.events[-1].state == "in training"
    assert person.events[-1].reason.endswith("may try again")
    old = {one.task for one in person.items if one.answered_at}
    again = person.step()
    assert again.stage == "exam"
    assert not old & set(again.open)
    person.answer([True] * 4)
    assert person.step().stage == "passed"
    assert person.evidence()["attempt"] == 2


def test_who_fails_for_good_has_nothing_open_and_no_event_more() -> None:
    person = Person()
    read(person)
    fail(person)
    fail(person)
    assert person.events[-1].reason.endswith("may not try again")
    assert person.course() == Course("failed")


def test_more_retries_open_it_again() -> None:
    person = Person()
    read(person)
    fail(person)
    fail(person)
    person.quality = BOTH.model_copy(update={"exam_retries": 2})
    assert person.course().stage == "exam"


def test_an_exam_that_nobody_could_pass_is_not_begun() -> None:
    person = Person(exam=3)
    read(person)
    assert person.course() == Course("lacking")


def test_a_training_without_items_lets_nobody_through() -> None:
    only = BOTH.model_copy(update={"training": "training"})
    assert Person(only, training=0, exam=0).course() == Course("lacking")


def test_what_is_used_no_more_is_not_asked_and_what_was_said_of_it_counts() -> None:
    person = Person()
    read(person)
    person.answer([True] * 3)
    person.items = [
        replace(one, known=retire(one.known))
        if one.answered_at or one.task in person.course().open[:2]
        else one
        for one in person.items
    ]
    course = person.course()
    retired = {one.task for one in person.items if not one.known.is_in_use}
    assert not retired & set(course.open)
    person.answer([True])
    assert person.step().stage == "passed"
