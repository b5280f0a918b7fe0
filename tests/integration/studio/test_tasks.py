"""Tasks of a real Label Studio: read whole, read as they change, given to people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.connection import Paging
from routing.studio.models import NewAnnotation, StudioTask, StudioUser
from tests.integration.studio.conftest import (
    NewStudio,
    choice_result,
    new_annotation,
    new_prediction,
)

pytestmark = pytest.mark.studio


@pytest.fixture
def paging() -> Paging:
    """Let a pull show exactly what changed, since these tests take less than a minute."""
    return Paging(look_back=timedelta(0))


def latest(studio: Studio) -> datetime:
    return max(task.updated_at for task in studio.tasks())


def changed(studio: Studio, act: Callable[[], object]) -> list[int]:
    """Tell which tasks a pull brings after something happened."""
    before = latest(studio)
    act()
    return [task for task, at in studio.changed_since(before).items() if at > before]


def test_every_task_is_read_once_over_many_pages(new_studio: NewStudio) -> None:
    studio = new_studio(8)
    studio.paging = Paging(tasks=3)
    told: list[tuple[int, int]] = []
    read = list(studio.tasks(progress=lambda _, done, total: told.append((done, total))))
    assert [task.id for task in read] == studio.task_ids()
    assert [task.data["text"] for task in read] == [f"Text {number}" for number in range(8)]
    assert told == [(3, 8), (6, 8), (8, 8)]


def test_a_task_deleted_while_pages_are_read_hides_no_other(
    new_studio: NewStudio, raw: httpx.Client
) -> None:
    studio = new_studio(6)
    studio.paging = Paging(tasks=2)
    ids = studio.task_ids()
    reading = studio.tasks()
    seen = [next(reading).id]
    raw.delete(f"/api/tasks/{ids[0]}").raise_for_status()
    seen += [task.id for task in reading]
    assert seen == ids


def test_what_some_tasks_hold_is_read_by_their_ids(
    new_studio: NewStudio, raw: httpx.Client
) -> None:
    studio = new_studio(5)
    studio.paging = Paging(listed=2)
    first, second, third, fourth, _ = studio.task_ids()
    raw.delete(f"/api/tasks/{second}").raise_for_status()
    some = list(studio.tasks_of([first, second, third, fourth]))
    assert some == [one for one in studio.tasks() if one.id in (first, third, fourth)]
    held = studio.shown_data_of([fourth, first, second, third])
    assert held == {
        first: {"text": "Text 0"},
        third: {"text": "Text 2"},
        fourth: {"text": "Text 3"},
    }
    assert studio.shown_data_of([]) == {}


def test_an_empty_project_has_no_tasks(new_studio: NewStudio) -> None:
    studio = new_studio(1)
    assert studio.changed_since(latest(studio).replace(year=2100)) == {}
    assert list(studio.tasks_of([])) == []


def test_imported_tasks_are_counted(studio: Studio) -> None:
    assert studio.import_tasks([{"text": "Another"}, {"text": "One more", "gold": "positive"}]) == 2
    assert studio.project().task_count == 5


def test_what_annotations_do_to_a_task_is_seen_by_the_next_pull(
    studio: Studio, reviewer: StudioUser, raw: httpx.Client
) -> None:
    task, other, _ = studio.task_ids()
    made: list[int] = []

    def create() -> None:
        made.append(studio.create_annotation(new_annotation(task, reviewer, str(uuid4()))) or 0)

    def change(**fields: object) -> None:
        raw.patch(f"/api/annotations/{made[0]}", json=fields).raise_for_status()

    assert changed(studio, create) == [task]
    assert changed(studio, lambda: change(result=choice_result("positive"))) == [task]
    assert changed(studio, lambda: change(was_cancelled=True)) == [task]
    assert changed(studio, lambda: studio.set_overlap(other, 2)) == [other]
    assert changed(studio, lambda: raw.delete(f"/api/annotations/{made[0]}/")) == [task]


def test_what_imports_and_deleted_tasks_do_is_seen_by_the_counters_alone(
    studio: Studio, raw: httpx.Client
) -> None:
    first, second, third = studio.task_ids()
    assert changed(studio, lambda: studio.import_predictions([new_prediction(first)])) == []
    assert studio.project().prediction_count == 1
    assert changed(studio, lambda: studio.clear_predictions([first])) == []
    assert studio.project().prediction_count == 0
    assert changed(studio, lambda: raw.delete(f"/api/tasks/{third}").raise_for_status()) == []
    assert studio.project().task_count == 2
    assert studio.task_ids() == [first, second]


def test_a_pull_looks_back_over_requests_that_end_late(studio: Studio) -> None:
    studio.paging = Paging()
    assert len(studio.changed_since(latest(studio))) == 3


def test_annotations_come_with_who_how_long_and_from_what(
    studio: Studio, reviewer: StudioUser, raw: httpx.Client
) -> None:
    task, *_ = studio.task_ids()
    studio.import_predictions([new_prediction(task, 0.25)])
    ((predicted,),) = [one.predictions for one in studio.tasks() if one.id == task]
    new = NewAnnotation(
        task, choice_result("negative"), reviewer.id, str(uuid4()), predicted.id, 7.5
    )
    studio.create_annotation(new)
    raw.post(f"/api/tasks/{task}/annotations", json={"result": [], "was_cancelled": True})
    answered, skipped = next(studio.tasks()).annotations
    assert (predicted.score, predicted.model_version) == (0.25, "v1")
    assert (answered.completed_by, answered.lead_time) == (reviewer.id, 7.5)
    assert answered.updated_by == studio.me().id
    assert answered.parent_prediction == predicted.id
    assert answered.result == choice_result("negative")
    assert (skipped.was_cancelled, skipped.result) == (True, [])
    studio.delete_predictions([predicted.id])
    assert next(studio.tasks()).annotations[0].parent_prediction is None


def shown(studio: Studio) -> StudioTask:
    return next(studio.tasks())


def test_overlap_moves_is_labeled_with_it_both_ways(studio: Studio, reviewer: StudioUser) -> None:
    task, *_ = studio.task_ids()
    studio.create_annotation(new_annotation(task, reviewer, str(uuid4())))
    assert (shown(studio).overlap, shown(studio).is_labeled) == (1, True)
    studio.set_overlap(task, 2)
    assert (shown(studio).overlap, shown(studio).is_labeled) == (2, False)
    studio.set_overlap(task, 1)
    assert (shown(studio).overlap, shown(studio).is_labeled) == (1, True)


def test_two_answers_of_one_person_are_one_towards_overlap(
    studio: Studio, reviewer: StudioUser
) -> None:
    task, *_ = studio.task_ids()
    studio.set_overlap(task, 2)
    for _ in range(2):
        studio.create_annotation(new_annotation(task, reviewer, str(uuid4())))
    assert not shown(studio).is_labeled
    studio.set_overlap(task, 2)
    assert not shown(studio).is_labeled


def test_many_overlaps_are_set_with_progress(new_studio: NewStudio) -> None:
    studio = new_studio(6)
    ids = studio.task_ids()
    told: list[int] = []
    studio.set_overlaps(dict.fromkeys(ids, 3), ids[:1], lambda _, done, __: told.append(done))
    assert [task.is_labeled for task in studio.tasks()] == [True] + [False] * 5
    assert {task.overlap for task in studio.tasks()} == {3}
    assert told == [1, 2, 3, 4, 5, 6]


def test_the_first_refusal_of_many_is_told(studio: Studio) -> None:
    with pytest.raises(StudioRefused, match="no longer has that"):
        studio.set_overlaps({999_999_999: 2, studio.task_ids()[0]: 2})


def test_a_version_is_known_by_the_predictions_that_carry_it(studio: Studio) -> None:
    studio.import_predictions([new_prediction(studio.task_ids()[1], version="v1")])
    assert studio.is_predicted("v1")
    assert not studio.is_predicted("v2")
