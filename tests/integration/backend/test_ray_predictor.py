"""A Ray cluster of this machine predicts what the service would, whatever becomes of a worker."""

import gc
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from backend.application import Backend
from backend.ray_predictor import RayPredictor
from labeling.errors import EngineError
from labeling.predictions.prediction import Prediction
from labeling.settings.model_sections import BulkSettings, LearningSettings
from labeling.settings.settings import Settings
from routing.progress import silent
from tests.support.label_configs import choices

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    # Ray lets go of its own processes without waiting for them.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]

CONFIG = choices(["positive", "negative"])


def tasks(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "data": {"text": f"Film {n} was a delight."}} for n in range(count)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    two = BulkSettings(workers=2, cpus=0.5)
    return Settings(data_dir=tmp_path, bulk=two, learning=LearningSettings(embedding=None))


@pytest.fixture(autouse=True)
def _let_go() -> Iterator[None]:
    """Let Ray's objects end within the test that they belong to, whose filters count for them."""
    yield
    gc.collect()


def workers() -> Iterator[psutil.Process]:
    """The processes of Ray that hold a model."""
    for process in psutil.process_iter(["cmdline"]):
        if any("MapWorker" in part for part in process.info["cmdline"] or ()):
            yield process


def test_every_task_comes_out_once_though_a_worker_is_killed(settings: Settings) -> None:
    told: list[int] = []
    parts = RayPredictor(settings, block_tasks=8).predict_parts(
        None, CONFIG, [*tasks(120), {"id": 120}], 8, lambda _, done, __: told.append(done)
    )
    first = next(parts)
    killed = next(workers())
    killed.kill()
    killed.wait(30)
    rest = list(itertools.chain.from_iterable(parts))
    results = dict(rest) | dict(first)
    assert sorted(number for number, _ in [*first, *rest]) == list(range(121))
    assert told[-1] == 121
    assert results[120]["error"] == "The task holds no data."
    assert not any("error" in results[number] for number in range(120))


def test_the_answers_and_their_version_are_those_of_the_service(settings: Settings) -> None:
    predictor = RayPredictor(settings.model_copy(update={"bulk": BulkSettings()}))
    [part] = predictor.predict_parts(7, CONFIG, tasks(3), 100, silent)
    backend = Backend(settings.model_copy(update={"data_dir": settings.data_dir / "service"}))
    model_spec, outcomes = backend.predict("7", CONFIG, tasks(3))
    backend.close()
    assert {one["model_version"] for _, one in part} == {model_spec.model_version}
    assert predictor.version(7, CONFIG) == model_spec.model_version
    scores = [one["score"] for _, one in sorted(part, key=lambda pair: pair[0])]
    served = [one.confidence for one in outcomes if isinstance(one, Prediction)]
    assert scores == pytest.approx(served, abs=1e-3)


def test_more_workers_than_the_cluster_holds_are_refused(settings: Settings) -> None:
    many = settings.model_copy(update={"bulk": BulkSettings(workers=1000)})
    with pytest.raises(EngineError, match=r"1000 workers need 1000 CPUs.*Lower bulk\.workers"):
        next(RayPredictor(many).predict_parts(None, CONFIG, tasks(1), 100, silent))


def test_nothing_to_do_starts_nothing(settings: Settings) -> None:
    assert list(RayPredictor(settings).predict_parts(None, CONFIG, [], 100, silent)) == []
