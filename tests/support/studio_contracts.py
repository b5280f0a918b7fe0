"""What holds of tasks and answers in any Label Studio: a real one, and the scripted one."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.connection import Paging
from routing.studio.models import NewAnnotation, StudioTask, StudioUser
from tests.support.studio_answers import choice_result, new_annotation, new_prediction
from tests.support.studio_fixtures import NewStudio


class AnswersContract:
    """Predictions and annotations: stored once, counted, taken back."""

    def test_predictions_are_stored_and_the_project_s_version_is_left_alone(
        self, studio: Studio
    ) -> None:
        ids = studio.task_ids()
        count = studio.import_predictions([new_prediction(id_, id_ / 1e6) for id_ in ids])
        assert count == 3
        assert scores(studio) == [id_ / 1e6 for id_ in ids]
        assert studio.project().model_version == ""

    def test_the_project_s_version_has_to_be_one_of_its_predictions(self, studio: Studio) -> None:
        with pytest.raises(StudioRefused, match="doesn't exist"):
            studio.update_project(model_version="v1")
        studio.import_predictions([new_prediction(studio.task_ids()[0])])
        studio.update_project(model_version="v1")
        assert studio.project().model_version == "v1"

    def test_all_predictions_of_a_project_are_listed_and_no_other_s(
        self, studio: Studio, new_studio: NewStudio
    ) -> None:
        other, ids = new_studio(1), studio.task_ids()
        other.import_predictions([new_prediction(other.task_ids()[0])])
        assert list(studio.predictions()) == []
        studio.import_predictions([new_prediction(id_, id_ / 1e6) for id_ in ids])
        held = [one for task in studio.tasks() for one in task.predictions]
        assert sorted(studio.predictions(), key=lambda one: one.id) == held

    def test_predictions_are_deleted_by_id_and_it_may_have_happened_already(
        self, studio: Studio
    ) -> None:
        studio.import_predictions(
            [new_prediction(id_, n / 10) for n, id_ in enumerate(studio.task_ids())]
        )
        first, second, _ = [one.id for task in studio.tasks() for one in task.predictions]
        studio.delete_predictions([first, second])
        studio.delete_predictions([first, second])
        assert scores(studio) == [0.2]

    def test_all_predictions_of_some_tasks_are_cleared_and_annotations_stay(
        self, studio: Studio, reviewer: StudioUser
    ) -> None:
        first, second, third = studio.task_ids()
        studio.import_predictions(
            [new_prediction(first), new_prediction(first), new_prediction(third, 0.9)]
        )
        studio.create_annotation(new_annotation(first, reviewer, str(uuid4())))
        studio.clear_predictions([first, second])
        assert scores(studio) == [0.9]
        assert studio.project().annotation_count == 1

    def test_an_annotation_is_stored_once_whoever_tries_again(
        self, studio: Studio, reviewer: StudioUser
    ) -> None:
        task, other, _ = studio.task_ids()
        key = str(uuid4())
        first = studio.create_annotation(new_annotation(task, reviewer, key))
        assert first is not None
        assert studio.create_annotation(new_annotation(task, reviewer, key)) is None
        assert studio.create_annotation(new_annotation(other, reviewer, key)) is None
        assert [one.id for one in next(studio.tasks()).annotations] == [first]

    def test_many_annotations_are_stored_in_order_with_progress(
        self, new_studio: NewStudio, reviewer: StudioUser
    ) -> None:
        studio = new_studio(6)
        ids = studio.task_ids()
        new = [new_annotation(id_, reviewer, str(uuid4())) for id_ in ids]
        told: list[int] = []
        studio.create_annotation(new[2])
        stored = studio.create_annotations(new, lambda _, done, __: told.append(done))
        assert [answer is None for answer in stored] == [False, False, True, False, False, False]
        by_task = {task.id: task.annotations[0].id for task in studio.tasks()}
        assert [one for one in stored if one] == [by_task[id_] for id_ in ids if id_ != ids[2]]
        assert told == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("no_look_back")
class TasksContract:
    """Tasks: read whole, read as they change, given to people."""

    def test_every_task_is_read_once_over_many_pages(self, new_studio: NewStudio) -> None:
        studio = new_studio(8)
        studio.paging = Paging(tasks=3)
        told: list[tuple[int, int]] = []
        read = list(studio.tasks(progress=lambda _, done, total: told.append((done, total))))
        assert [task.id for task in read] == studio.task_ids()
        assert [task.data["text"] for task in read] == [f"Text {number}" for number in range(8)]
        assert told == [(3, 8), (6, 8), (8, 8)]

    def test_a_task_deleted_while_pages_are_read_hides_no_other(
        self, new_studio: NewStudio, raw: httpx.Client
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
        self, new_studio: NewStudio, raw: httpx.Client
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

    def test_what_annotations_do_to_a_task_is_seen_by_the_next_pull(
        self, studio: Studio, reviewer: StudioUser, raw: httpx.Client
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
        self, studio: Studio, raw: httpx.Client
    ) -> None:
        first, second, third = studio.task_ids()
        assert changed(studio, lambda: studio.import_predictions([new_prediction(first)])) == []
        assert studio.project().prediction_count == 1
        assert changed(studio, lambda: studio.clear_predictions([first])) == []
        assert studio.project().prediction_count == 0
        assert changed(studio, lambda: raw.delete(f"/api/tasks/{third}").raise_for_status()) == []
        assert studio.project().task_count == 2
        assert studio.task_ids() == [first, second]

    def test_annotations_come_with_who_how_long_and_from_what(
        self, studio: Studio, reviewer: StudioUser, raw: httpx.Client
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

    def test_overlap_moves_is_labeled_with_it_both_ways(
        self, studio: Studio, reviewer: StudioUser
    ) -> None:
        task, *_ = studio.task_ids()
        studio.create_annotation(new_annotation(task, reviewer, str(uuid4())))
        assert (shown(studio).overlap, shown(studio).is_labeled) == (1, True)
        studio.set_overlap(task, 2)
        assert (shown(studio).overlap, shown(studio).is_labeled) == (2, False)
        studio.set_overlap(task, 1)
        assert (shown(studio).overlap, shown(studio).is_labeled) == (1, True)

    def test_two_answers_of_one_person_are_one_towards_overlap(
        self, studio: Studio, reviewer: StudioUser
    ) -> None:
        task, *_ = studio.task_ids()
        studio.set_overlap(task, 2)
        for _ in range(2):
            studio.create_annotation(new_annotation(task, reviewer, str(uuid4())))
        assert not shown(studio).is_labeled
        studio.set_overlap(task, 2)
        assert not shown(studio).is_labeled


def scores(studio: Studio) -> list[float | None]:
    return [one.score for task in studio.tasks() for one in task.predictions]


def latest(studio: Studio) -> datetime:
    return max(task.updated_at for task in studio.tasks())


def changed(studio: Studio, act: Callable[[], object]) -> list[int]:
    """Tell which tasks a pull brings after something happened."""
    before = latest(studio)
    act()
    return [task for task, at in studio.changed_since(before).items() if at > before]


def shown(studio: Studio) -> StudioTask:
    return next(studio.tasks())
