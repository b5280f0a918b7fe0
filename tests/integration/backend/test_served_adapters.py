"""The whole way of an adapter: people's answers, a worker that trains it, and `/predict`."""

import os
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import numpy as np
import pytest
from flask import Flask
from peft import PeftModel

from backend import engines
from backend.application import Backend
from backend.calibration.control_model import LORA
from backend.confidence.priors import without_prior
from backend.engines import Identity, Request
from backend.engines.transformers import TransformersEngine
from backend.questions.choice import ChoiceQuestion
from labeling.mathtypes import Floats
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.reference_scores import unbatched
from tests.support.tiny_adapters import VALUES, byte_tokenizer, tiny_llama, write_tiny_llama

pytestmark = pytest.mark.slow

CONFIG = choices([*VALUES])
ANSWERS = 60
WORDS = {"sport": ("ball", "goal", "team"), "science": ("atom", "gene", "star")}


def texts_of(count: int, seed: int) -> dict[str, str]:
    """Texts of their own, and the label that a word in each gives away."""
    random = np.random.default_rng(seed)
    labels = [VALUES[number % 2] for number in range(count)]
    return {
        f"{random.choice(WORDS[label])} {seed}{number}": label
        for number, label in enumerate(labels)
    }


TRUTH = texts_of(ANSWERS, seed=1)
SWAPPED = dict(zip(TRUTH, [VALUES[label == VALUES[0]] for label in TRUTH.values()], strict=True))
"""What another project says of the same texts."""

SAID = {"7": TRUTH, "8": SWAPPED}

FRESH, MORE = [*texts_of(6, seed=2)], [*texts_of(6, seed=3)]


class Service:
    """A service with the tiny model behind it, as people's programs see it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.backend: Backend = app.extensions["tandem"]

    def post(self, path: str, project: str, **body: Any) -> Any:
        content = {"project": project, "label_config": CONFIG, **body}
        answer = self._app.test_client().post(path, json=content)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def schedule(self, project: str, labels: Mapping[str, str]) -> str:
        """Teach, and return the version that was fitted within the lesson."""
        answers = [{"text": text, "label": label} for text, label in labels.items()]
        version: str = self.post("/learn", project, texts=[*labels], answers=answers)[
            "model_version"
        ]
        return version

    def predict(self, project: str, texts: Sequence[str] = FRESH) -> Any:
        tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
        return self.post("/predict", project, tasks=tasks)["results"]

    def predict_at_once(self, *projects: str) -> list[Any]:
        together = Barrier(len(projects))

        def ask(project: str) -> Any:
            together.wait()
            return self.predict(project)

        with ThreadPoolExecutor(len(projects)) as pool:
            return [*pool.map(ask, projects)]

    def health(self) -> Any:
        return self._app.test_client().get("/health").get_json()["training"]

    def models(self, project: str) -> Any:
        return self._app.test_client().get(f"/models?project={project}").get_json()["models"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tiny_llama(tmp_path / "tiny")


def new_service(new_app: NewApp, model: Path, data_dir: Path) -> Service:
    sections = {
        "data_dir": data_dir,
        "model": {"name": str(model), "context_tokens": 300},
        "prompt": {"template": "bare"},
        "learning": {"embedding": None, "train": ["lora"]},
    }
    return Service(new_app(engines.load, **sections))


@pytest.fixture
def service(new_app: NewApp, model: Path, tmp_path: Path) -> Service:
    return new_service(new_app, model, tmp_path / "data")


def distributions(results: Any) -> Floats:
    """What predictions state of each text, shape (texts, labels)."""
    parts = [one["result"][0]["meta"]["tandem"]["distribution"] for one in results]
    return np.array([[part[value] for value in VALUES] for part in parts])


def said_by_peft(service: Service, project: str, texts: Sequence[str]) -> Floats:
    """What a project's version says where peft itself runs its adapter, shape (texts, labels)."""
    spec = service.backend.model_spec(project, CONFIG)
    assert spec.learned is not None
    [question], [control_model] = spec.questions, spec.learned.controls.values()
    assert isinstance(question, ChoiceQuestion)
    calibration, builder = control_model.calibration, question.methods[0].builder
    assert calibration is not None
    assert calibration.learners == [LORA]
    requests = [builder.request(text) for text in texts]
    adapter = service.backend.trainer.artefacts / control_model.artefacts[LORA]
    adapted = PeftModel.from_pretrained(tiny_llama(), str(adapter)).eval()
    base = without_prior(
        scores(tiny_llama(), requests), np.array(control_model.priors["label-logprob"])
    )
    under = without_prior(scores(adapted, requests), np.array(control_model.adapter_prior))
    return calibration(base, None, {LORA: np.exp(under)})


def scores(model: Any, requests: Sequence[Request]) -> Floats:
    engine = TransformersEngine(model, byte_tokenizer(), Identity("x", "0"), path="plain")
    return np.array([unbatched(engine, one) for one in requests])


def test_two_projects_are_answered_under_their_own_adapters_at_the_same_time(
    service: Service, new_app: NewApp, model: Path, tmp_path: Path
) -> None:
    fitted = {project: service.schedule(project, labels) for project, labels in SAID.items()}
    service.backend.trainer.wait_until_idle()
    for project, before in fitted.items():
        [best, lesson] = service.models(project)
        assert (best["status"], lesson["name"]) == ("in force", before)
        assert LORA in best["learners"]
        assert best["size"] > lesson["size"]
    adapters = [*service.backend.trainer.artefacts.iterdir()]
    assert len(adapters) == 2
    one, other, _ = service.predict_at_once("7", "8", "9")
    for project, results in (("7", one), ("8", other)):
        stated, by_peft = distributions(results), said_by_peft(service, project, FRESH)
        # Predictions are rounded to six digits.
        assert stated == pytest.approx(by_peft, rel=1e-3, abs=1e-6)
        version = service.models(project)[0]["name"]
        assert {result["model_version"] for result in results} == {version} != {fitted[project]}
    assert not np.allclose(distributions(one), distributions(other), atol=0.1)
    untaught = new_service(new_app, model, tmp_path / "other data")
    assert service.predict("9", MORE) == untaught.predict("9", MORE), "bit for bit"


def kill_in_mid_training(service: Service) -> None:
    """Kill the worker, as the system does that is short of memory, once an adapter is trained."""
    while True:
        told = service.health()
        assert told["last"] is None, "the training was over first"
        if told["running"] and told["running"]["done"] > 0.1:
            break
    assert told["running"]["learner"] == LORA
    children = [*Path("/proc/self/task").glob("*/children")]
    [worker] = [
        number
        for file in children
        for number in file.read_text().split()
        if "backend.training.worker" in Path(f"/proc/{number}/cmdline").read_text()
    ]
    os.kill(int(worker), signal.SIGKILL)
    service.backend.trainer.wait_until_idle()


def test_where_the_worker_is_killed_all_is_as_before_and_the_next_lesson_trains_again(
    service: Service,
) -> None:
    fitted = service.schedule("7", TRUTH)
    before = service.predict("7")
    kill_in_mid_training(service)
    last = service.health()["last"]
    assert last["outcome"] == "failed"
    assert "the worker was killed during 'lora' by signal 9" in last["why"]
    assert [one["name"] for one in service.models("7")] == [fitted]
    assert not service.backend.trainer.artefacts.exists()
    assert [*(service.backend.settings.data_dir / "training").iterdir()] == []
    assert service.predict("7") == before
    assert service.schedule("7", TRUTH) == fitted
    service.backend.trainer.wait_until_idle()
    [best, lesson] = service.models("7")
    assert (lesson["name"], lesson["status"], lesson["by"]) == (fitted, "superseded", best["name"])
    assert service.health()["last"]["outcome"] == "done"
    assert {one["model_version"] for one in service.predict("7")} == {best["name"]}
