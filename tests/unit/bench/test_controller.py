"""The controller's benchmark tells growth of like things, and its texts have an answer each."""

import pytest

from bench.controller.costs import PhaseCost
from bench.controller.filled_studio import fill
from bench.controller.growth import growth
from bench.controller.model import InstantModel
from bench.controller.request_counter import kind_of
from bench.controller.texts import number_of, predicted, right, text_of
from bench.scripted_studio.store import Store


def cost(tasks: int, studio: str, phase: str, wall: float) -> PhaseCost:
    return PhaseCost(tasks, studio, phase, wall, 1.0, 1.0, 1, 100.0, 1.0, tasks, {})


def test_growth_is_told_of_one_phase_in_one_label_studio() -> None:
    told = growth(
        [
            cost(100, "real", "pass", 1.0),
            cost(1_000, "real", "pass", 10.0),
            cost(1_000, "scripted", "pass", 1.0),
            cost(10_000, "scripted", "pass", 100.0),
            cost(100_000, "scripted", "pass", 100.0),
            cost(10_000, "scripted", "look", 5.0),
        ]
    )
    assert [(one.studio, one.phase, one.tasks, one.to_tasks) for one in told] == [
        ("real", "pass", 100, 1_000),
        ("scripted", "pass", 1_000, 10_000),
        ("scripted", "pass", 10_000, 100_000),
    ]
    assert [one.wall for one in told] == pytest.approx([1, 2, 0])
    assert [one.cpu for one in told] == pytest.approx([0, 0, 0])


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("http://a:1/api/tasks/12/annotations/?project=3", "/api/tasks/N/annotations/"),
        ("http://a:1/api/projects/7", "/api/projects/N"),
        ("http://a:1/studios/0a1b2c3d/predict", "/studios/N/predict"),
        ("http://a:1/api/tasks/?page=2", "/api/tasks/"),
    ],
)
def test_requests_are_counted_without_ids(url: str, kind: str) -> None:
    assert kind_of(url) == kind


def test_texts_are_all_different_and_people_see_a_tenth_otherwise_than_the_model() -> None:
    numbers = range(20_000)
    texts = [text_of(number) for number in numbers]
    assert len(set(texts)) == len(texts)
    assert [number_of(text) for text in texts] == [*numbers]
    otherwise = sum(predicted(number)[0] != right(number) for number in numbers)
    assert otherwise / len(numbers) == pytest.approx(0.1, abs=0.002)


def test_a_filled_studio_holds_a_prediction_of_every_task() -> None:
    store, model = Store("token"), InstantModel()
    project = fill(store, 30, model)
    assert project.prediction_count == len(project.tasks) == 30
    assert project.fields["model_version"] == model.version
    assert all(len(task.predictions) == 1 for task in project.tasks)
