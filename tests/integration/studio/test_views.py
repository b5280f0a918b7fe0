"""Tabs of a real Label Studio: what a reviewer's stream hands out, and in which order."""

from uuid import uuid4

import httpx
import pytest

from routing.studio import Studio
from routing.studio.id_filters import MOST_RANGES
from routing.studio.models import StudioUser, StudioView
from tests.support.studio_answers import new_annotation, new_prediction
from tests.support.studio_fixtures import NewStudio

pytestmark = pytest.mark.studio

LEAST_SURE_FIRST = ("tasks:predictions_score",)


def listed(raw: httpx.Client, view: StudioView, project: int) -> list[int]:
    """What the Data Manager shows under a tab."""
    query = {"project": project, "view": view.id, "page_size": 10_000}
    return [task["id"] for task in raw.get("/api/tasks", params=query).json()["tasks"]]


def handed_out(raw: httpx.Client, view: StudioView, project: int) -> int | None:
    """The task that the tab's label stream gives to the administrator."""
    data = raw.get(f"/api/dm/views/{view.id}").json()["data"]
    answer = raw.post(
        "/api/dm/actions",
        params={"id": "next_task", "project": project, "tabID": view.id},
        json={"filters": data["filters"], "ordering": data.get("ordering", [])},
    )
    return answer.json()["id"] if answer.is_success else None


def test_a_tab_lists_its_tasks_in_its_order_and_keeps_its_id(
    studio: Studio, raw: httpx.Client
) -> None:
    first, second, third = studio.task_ids()
    studio.import_predictions(
        [new_prediction(first, 0.9), new_prediction(second, 0.2), new_prediction(third, 0.5)]
    )
    studio.update_project(model_version="v1")
    view = studio.save_view("Rosa", [first, second, third], LEAST_SURE_FIRST)
    assert listed(raw, view, studio.project_id) == [second, third, first]
    moved = studio.save_view("Rosa (2)", [third, first], ["-tasks:predictions_score"], view.id)
    assert moved == StudioView(
        view.id,
        "Rosa (2)",
        (range(first, first + 1), range(third, third + 1)),
        ("-tasks:predictions_score",),
        is_all_selected=True,
    )
    assert listed(raw, moved, studio.project_id) == [first, third]
    assert studio.views() == [moved]


def test_the_score_column_shows_the_project_s_version_alone(
    studio: Studio, raw: httpx.Client
) -> None:
    first, second, _ = studio.task_ids()
    studio.import_predictions(
        [new_prediction(first, 0.1, "old"), new_prediction(second, 0.4, "new")]
    )
    studio.import_predictions([new_prediction(first, 0.8, "new")])
    studio.update_project(model_version="new")
    view = studio.save_view("Rosa", [first, second], LEAST_SURE_FIRST)
    assert listed(raw, view, studio.project_id) == [second, first]


def test_a_tab_without_tasks_is_empty_and_not_everything(studio: Studio, raw: httpx.Client) -> None:
    view = studio.save_view("Rosa", [])
    assert listed(raw, view, studio.project_id) == []
    assert handed_out(raw, view, studio.project_id) is None


def test_a_tab_may_list_thousands_in_a_row(new_studio: NewStudio, raw: httpx.Client) -> None:
    studio = new_studio(3_100)
    ids = studio.task_ids()[:3_000]
    view = studio.save_view("Rosa", ids)
    assert view.task_ids == tuple(ids)
    assert len(listed(raw, view, studio.project_id)) == 3_000


def test_a_tab_lists_as_many_tasks_that_lie_apart_as_a_filter_holds(
    new_studio: NewStudio, raw: httpx.Client
) -> None:
    studio = new_studio(2 * MOST_RANGES + 20)
    apart = studio.task_ids()[::2]
    view = studio.save_view("Rosa", apart)
    assert view.task_ids == tuple(apart[:MOST_RANGES])
    assert listed(raw, view, studio.project_id) == apart[:MOST_RANGES]
    assert handed_out(raw, view, studio.project_id) == apart[0]


def test_a_stream_hands_out_only_what_is_not_labelled_yet(
    studio: Studio, reviewer: StudioUser, raw: httpx.Client
) -> None:
    task, *_ = studio.task_ids()
    view = studio.save_view("Rosa", [task])
    assert handed_out(raw, view, studio.project_id) == task
    studio.create_annotation(new_annotation(task, reviewer, str(uuid4())))
    assert handed_out(raw, view, studio.project_id) is None
    studio.set_overlap(task, 2)
    assert handed_out(raw, view, studio.project_id) == task
    studio.create_annotation(new_annotation(task, studio.me(), str(uuid4())))
    studio.set_overlap(task, 3)
    assert handed_out(raw, view, studio.project_id) is None, "no one is asked twice"


def test_a_tab_of_another_s_making_is_read_as_it_is(studio: Studio, raw: httpx.Client) -> None:
    data = {"title": "Mine", "type": "list", "filters": {"conjunction": "and", "items": []}}
    raw.post("/api/dm/views", json={"project": studio.project_id, "data": data})
    (view,) = studio.views()
    assert (view.title, view.ranges, view.ordering) == ("Mine", (), ())


def test_a_deleted_tab_may_be_deleted_again(studio: Studio) -> None:
    view = studio.save_view("Rosa", studio.task_ids())
    studio.delete_view(view.id)
    studio.delete_view(view.id)
    assert studio.views() == []
