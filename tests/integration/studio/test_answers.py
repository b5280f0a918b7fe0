"""Predictions and annotations of a real Label Studio: stored once, counted, taken back."""

from uuid import uuid4

import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.models import NewPrediction, StudioUser
from tests.integration.studio.conftest import (
    NewStudio,
    choice_result,
    new_annotation,
    new_prediction,
)

pytestmark = pytest.mark.studio


def scores(studio: Studio) -> list[float | None]:
    return [one.score for task in studio.tasks() for one in task.predictions]


def test_predictions_are_stored_and_the_project_s_version_is_left_alone(studio: Studio) -> None:
    ids = studio.task_ids()
    count = studio.import_predictions([new_prediction(id_, id_ / 1e6) for id_ in ids])
    assert count == 3
    assert scores(studio) == [id_ / 1e6 for id_ in ids]
    assert studio.project().model_version == ""


def test_the_project_s_version_has_to_be_one_of_its_predictions(studio: Studio) -> None:
    with pytest.raises(StudioRefused, match="doesn't exist"):
        studio.update_project(model_version="v1")
    studio.import_predictions([new_prediction(studio.task_ids()[0])])
    studio.update_project(model_version="v1")
    assert studio.project().model_version == "v1"


def test_all_predictions_of_a_project_are_listed_and_no_other_s(
    studio: Studio, new_studio: NewStudio
) -> None:
    other, ids = new_studio(1), studio.task_ids()
    other.import_predictions([new_prediction(other.task_ids()[0])])
    assert list(studio.predictions()) == []
    studio.import_predictions([new_prediction(id_, id_ / 1e6) for id_ in ids])
    held = [one for task in studio.tasks() for one in task.predictions]
    assert sorted(studio.predictions(), key=lambda one: one.id) == held


def test_nothing_imported_is_nothing_asked(studio: Studio) -> None:
    assert studio.import_predictions([]) == 0
    studio.clear_predictions([])
    assert studio.project().prediction_count == 0


def test_a_prediction_that_label_studio_drops_is_not_lost_in_silence(studio: Studio) -> None:
    good, bad, _ = studio.task_ids()
    unknown_label = NewPrediction(bad, choice_result("neutral"), 0.5, "v1")
    with pytest.raises(StudioRefused, match="stored 1 of 2 predictions"):
        studio.import_predictions([new_prediction(good), unknown_label])


def test_a_prediction_of_an_unknown_task_stores_none_of_its_call(studio: Studio) -> None:
    items = [new_prediction(studio.task_ids()[0]), new_prediction(999_999_999)]
    with pytest.raises(StudioRefused, match="status 400"):
        studio.import_predictions(items)
    assert studio.project().prediction_count == 0


def test_predictions_are_deleted_by_id_and_it_may_have_happened_already(studio: Studio) -> None:
    studio.import_predictions(
        [new_prediction(id_, n / 10) for n, id_ in enumerate(studio.task_ids())]
    )
    first, second, _ = [one.id for task in studio.tasks() for one in task.predictions]
    studio.delete_predictions([first, second])
    studio.delete_predictions([first, second])
    assert scores(studio) == [0.2]


def test_all_predictions_of_some_tasks_are_cleared_and_annotations_stay(
    studio: Studio, reviewer: StudioUser
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
    studio: Studio, reviewer: StudioUser
) -> None:
    task, other, _ = studio.task_ids()
    key = str(uuid4())
    first = studio.create_annotation(new_annotation(task, reviewer, key))
    assert first is not None
    assert studio.create_annotation(new_annotation(task, reviewer, key)) is None
    assert studio.create_annotation(new_annotation(other, reviewer, key)) is None
    assert [one.id for one in next(studio.tasks()).annotations] == [first]


def test_many_annotations_are_stored_in_order_with_progress(
    new_studio: NewStudio, reviewer: StudioUser
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
