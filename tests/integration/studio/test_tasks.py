"""Tasks of a real Label Studio: read whole, read as they change, given to people."""

import pytest

from labeling.errors import StudioRefused
from routing.studio import Studio
from routing.studio.connection import Paging
from tests.support.studio_answers import new_prediction
from tests.support.studio_contracts import TasksContract, latest
from tests.support.studio_fixtures import NewStudio

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]


class TestTasks(TasksContract):
    """What holds in any Label Studio holds in a real one."""


def test_an_empty_project_has_no_tasks(new_studio: NewStudio) -> None:
    studio = new_studio(1)
    assert studio.changed_since(latest(studio).replace(year=2100)) == {}
    assert list(studio.tasks_of([])) == []


def test_imported_tasks_are_counted(studio: Studio) -> None:
    assert studio.import_tasks([{"text": "Another"}, {"text": "One more", "gold": "positive"}]) == 2
    assert studio.project().task_count == 5


def test_a_pull_looks_back_over_requests_that_end_late(studio: Studio) -> None:
    studio.paging = Paging()
    assert len(studio.changed_since(latest(studio))) == 3


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
