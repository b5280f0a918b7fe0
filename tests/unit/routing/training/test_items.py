"""Training items: which known answers are shown, which are asked, and what stands in a task."""

from collections import Counter
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.quality_section import QualitySettings
from routing.ledger.control_tasks import ControlTask
from routing.studio.models import StudioTask
from routing.training.items import (
    Part,
    balanced,
    items_in,
    notice_data,
    notices_in,
    parts_of,
    task_data,
)
from routing.training.label_config import HEAD, NOTE, with_what_is_right
from routing.training.wording import NOTICES
from tests.support.known_answers import known_answer, retire
from tests.support.observed_tasks import FORM
from tests.support.observed_tasks import task as observed

BOTH = QualitySettings(training="both", training_items=3, exam_controls=4, exam_retries=1)
CONFIG = with_what_is_right(FORM)


def item(number: int, label: str = "positive", why: str | None = None) -> ControlTask:
    return known_answer(number, label, why, text=f"Text {number}")


def items(n: int) -> list[ControlTask]:
    return [item(number, ("positive", "negative")[number % 2]) for number in range(1, n + 1)]


def task(number: int, data: dict[str, Any]) -> StudioTask:
    return replace(observed(number), data=data)


def parts(*args: Any) -> Counter[Part]:
    return Counter(parts_of(*args).values())


@given(st.lists(st.sampled_from("abc"), max_size=40), st.integers(0, 5))
def test_an_order_holds_all_and_is_balanced_at_every_length(labels: list[str], seed: int) -> None:
    known = [item(number, label) for number, label in enumerate(labels, start=1)]
    order = balanced(known, seed, "exam:7")
    assert sorted(one.number for one in order) == [one.number for one in known]
    total = Counter(labels)
    for length in range(len(order) + 1):
        so_far = Counter(one.accepted[0] for one in order[:length])
        least = min((so_far[label] for label in total if so_far[label] < total[label]), default=0)
        open_labels = [label for label in total if so_far[label] < total[label]]
        assert all(so_far[label] <= least + 1 for label in open_labels)


def test_two_people_are_asked_in_other_orders() -> None:
    known = items(20)
    assert balanced(known, 0, "exam:1") != balanced(known, 0, "exam:2")
    assert balanced(known, 0, "exam:1") == balanced(known, 0, "exam:1")


class TestParts:
    def test_the_exam_has_enough_for_every_attempt(self) -> None:
        assert parts(items(50), {}, BOTH, 0) == {"training": 3, "exam": 8}

    def test_each_setting_brings_its_own_part_alone(self) -> None:
        only = BOTH.model_copy(update={"training": "training"})
        assert parts(items(50), {}, only, 0) == {"training": 3}
        only = BOTH.model_copy(update={"training": "exam"})
        assert parts(items(50), {}, only, 0) == {"exam": 8}

    def test_both_parts_are_balanced_over_the_labels(self) -> None:
        known = items(50)
        found = parts_of(known, {}, BOTH, 0)
        labels = Counter(one.accepted[0] for one in known if found.get(one.number) == "exam")
        assert labels == {"positive": 4, "negative": 4}

    def test_what_has_an_explanation_is_shown_first(self) -> None:
        known = [*items(30), *(item(number, why="So it says") for number in (31, 32, 33))]
        found = parts_of(known, {}, BOTH, 0)
        assert {number for number, part in found.items() if part == "training"} == {31, 32, 33}

    def test_what_stands_there_keeps_its_part_however_the_bank_grows(self) -> None:
        present = parts_of(items(9), {}, BOTH, 0)
        grown = parts_of(items(50), present, BOTH, 0)
        assert present.items() <= grown.items()
        assert Counter(grown.values()) == {"training": 3, "exam": 8}

    def test_what_is_used_no_more_is_replaced(self) -> None:
        known = items(50)
        present = parts_of(known, {}, BOTH, 0)
        gone = min(number for number, part in present.items() if part == "exam")
        retired = [retire(one) if one.number == gone else one for one in known]
        grown = parts_of(retired, present, BOTH, 0)
        assert len(grown) == len(present) + 1


class TestTasks:
    def test_what_is_right_stands_in_an_item_of_the_training(self) -> None:
        data = task_data(item(4, "negative", "It says so."), "training", FORM, CONFIG)
        assert data["text"] == "Text 4"
        assert data[NOTE] == "Right: negative\nIt says so."

    def test_nothing_of_it_stands_in_an_item_of_the_exam(self) -> None:
        data = task_data(item(4, "negative", "It says so."), "exam", FORM, CONFIG)
        told = str({name: value for name, value in data.items() if name != "text"})
        assert "negative" not in told
        assert "It says so" not in told

    def test_they_are_found_again_and_the_oldest_of_two_counts(self) -> None:
        data = task_data(item(4), "exam", FORM, CONFIG)
        found = items_in([task(9, data), task(7, data), task(8, {"text": "Mine"})])
        assert {number: (one.id, part) for number, (one, part) in found.items()} == {4: (7, "exam")}

    def test_a_notice_has_all_that_the_form_shows(self) -> None:
        data = notice_data("failed", CONFIG)
        assert data["text"] == ""
        assert data[HEAD] == NOTICES["failed"]
        assert notices_in([task(5, data)]) == {"failed": 5}
        assert items_in([task(5, data)]) == {}
