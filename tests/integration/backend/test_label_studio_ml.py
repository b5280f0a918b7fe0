"""`backend.label_studio_ml` under label-studio-ml: the same answers as the service's.

1.0.9 runs as its users run it: `label-studio-ml init` and `label-studio-ml start`, in a virtual
environment of its own. 2.x is on no package index and needs a Label Studio SDK from git, which the
service cannot share an environment with; a minimal stand-in for its base class calls ours as 2.x
does: made anew for every request, `setup()`, `predict(tasks, context=…)`, `fit(event, data)`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.application import Backend
from labeling.settings.sections import StudioSettings
from labeling.studio_path import path_of
from tandem.servers.process import ServerProcess, free_port
from tests.support.installed import skip_without
from tests.support.label_configs import TOPICS, choices
from tests.support.studio_fixtures import ROOT

pytestmark = [pytest.mark.model, pytest.mark.slow]

SOON = 120.0
BELOW = path_of(StudioSettings().url)
"""What is taught for this machine's Label Studio is what label-studio-ml answers with."""
PROJECT = "7.1700000000"
CONFIG = choices(["positive", "negative"])
TASKS: list[Any] = [
    {"id": 1, "data": {"text": "A wonderful, moving film."}},
    {"id": 2, "data": {"body": "not the field that is asked for"}},
    {"id": 3, "data": {"text": "A dull, lifeless film."}},
]
PARAMS: dict[str, Any] = {"login": None, "password": None, "context": {"result": []}}
HOOK = {"project": {"id": 7, "label_config": CONFIG}, "annotation": {"id": 1}}


@pytest.fixture(scope="module", autouse=True)
def taught(app: Flask) -> None:
    """The project is taught through the service, so that what it learned moves every answer."""
    texts = [f"Film number {number} was {'good' if number % 3 else 'bad'}." for number in range(20)]
    answers = [{"text": t, "label": "negative" if "bad" in t else "positive"} for t in texts]
    training_set = {"project": PROJECT, "label_config": CONFIG, "texts": texts, "answers": answers}
    answer = app.test_client().post(f"{BELOW}/learn", json=training_set)
    assert answer.get_json()["report"]["calibrator"].endswith(", 20 answers")


@pytest.fixture(scope="module")
def venv() -> Path:
    venv = ROOT / ".venv-label-studio-ml"
    if not (venv / ".installed").exists():
        skip_without(f"label-studio-ml is not installed in {venv.name}")
    return venv


@pytest.fixture(scope="module")
def environment(venv: Path, app: Flask) -> dict[str, str]:
    """What the process that runs our class finds: its programs, and the service's settings."""
    settings = app.extensions["tandem"].settings
    return {
        **os.environ,
        "PATH": f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TANDEM_DATA_DIR": str(settings.data_dir),
        "TANDEM_MODEL__CONTEXT_TOKENS": str(settings.model.context_tokens),
    }


@pytest.fixture(scope="module")
def server(
    environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """label-studio-ml 1.0.9, with a `model.py` that names our class."""
    folder, port = tmp_path_factory.mktemp("label-studio-ml"), free_port()
    (folder / "model.py").write_text("from backend.label_studio_ml import Tandem\n")
    command = ["label-studio-ml", "init", "films", "--script", "model.py"]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    with ServerProcess(
        "label-studio-ml",
        ["label-studio-ml", "start", "films", "--host", "127.0.0.1", "-p", str(port)],
        log=folder / "log",
        url=f"http://127.0.0.1:{port}",
        environment=environment,
        folder=folder,
        start_seconds=SOON,
    ) as server:
        yield server


def post(server: ServerProcess, path: str, body: object) -> httpx.Response:
    return httpx.post(server.url + path, json=body, timeout=SOON)


def asked(config: str = CONFIG, project: str = PROJECT) -> dict[str, Any]:
    return {"tasks": TASKS, "project": project, "label_config": config, "params": PARAMS}


def by_service(client: FlaskClient, **changes: str) -> Any:
    return client.post(f"{BELOW}/predict", json=asked(**changes)).get_json()["results"]


def is_like(one: Any, other: Any) -> bool:
    """Compare results; numbers may differ by what another order of additions makes of them."""
    if isinstance(one, float) and isinstance(other, float):
        return bool(one == pytest.approx(other, abs=1e-4))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_like(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_like, one, other))
    return bool(one == other)


class TestUnder109:
    @pytest.fixture(autouse=True)
    def setup(self, server: ServerProcess) -> None:
        """Connect the project, without which 1.0.9 refuses to predict."""
        body = {"project": PROJECT, "schema": CONFIG, "hostname": "", "access_token": ""}
        assert post(server, "/setup", body).status_code == 200

    def test_health_is_up(self, server: ServerProcess) -> None:
        assert httpx.get(server.url + "/health").json()["status"] == "UP"

    def test_answers_are_the_service_s(self, server: ServerProcess, client: FlaskClient) -> None:
        results = post(server, "/predict", asked()).json()["results"]
        assert is_like(results, by_service(client))
        calibrator = results[0]["result"][0]["meta"]["tandem"]["calibrator"]
        assert calibrator.endswith(", 20 answers")

    def test_a_task_without_a_text_fails_for_itself(self, server: ServerProcess) -> None:
        before, failed, after = post(server, "/predict", asked()).json()["results"]
        assert before["result"]
        assert after["result"]
        assert failed["result"] == []
        assert "'text'" in failed["error"]

    def test_a_project_gets_its_own_label_config_whichever_was_set_up_last(
        self, server: ServerProcess, client: FlaskClient
    ) -> None:
        post(server, "/setup", {"project": "8.17", "schema": TOPICS})
        results = post(server, "/predict", asked()).json()["results"]
        assert is_like(results, by_service(client))
        others = post(server, "/predict", asked(TOPICS, "8.17")).json()["results"]
        assert is_like(others, by_service(client, config=TOPICS, project="8.17"))

    @pytest.mark.parametrize("action", ["ANNOTATION_CREATED", "START_TRAINING"])
    def test_a_webhook_is_taken(self, server: ServerProcess, action: str) -> None:
        assert post(server, "/webhook", {"action": action, **HOOK}).status_code == 201
        assert httpx.get(server.url + "/health").status_code == 200

    def test_a_fit_makes_no_new_version(self, environment: dict[str, str], tmp_path: Path) -> None:
        """Run what a webhook starts in the background, and ask for its outcome as `/setup` does."""
        script = (
            "import json, sys\n"
            "from label_studio_ml.model import SimpleJobManager\n"
            "from backend.label_studio_ml import Tandem\n"
            "manager = SimpleJobManager(model_dir=sys.argv[1])\n"
            "manager.job(Tandem, 'ANNOTATION_CREATED', json.loads(sys.argv[2]), '1700000000')\n"
            "print(json.dumps(manager.get_result()))\n"
        )
        command = ["python", "-c", script, str(tmp_path), json.dumps(HOOK)]
        ended = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
        assert ended.stdout.strip() == "{}"


class StandIn:
    """label-studio-ml 2.x's base class, as far as ours leans on it."""

    CACHE: ClassVar[dict[tuple[str, str], str]] = {}

    def __init__(self, project_id: str | None = None, label_config: str | None = None) -> None:
        self.project_id = project_id or ""
        if label_config is not None:
            self.set("label_config", label_config)
        if not self.get("model_version"):
            self.set("model_version", "0.0.1")
        self.setup()

    def setup(self) -> None:
        """Do nothing; ours does."""

    def get(self, key: str) -> str | None:
        return self.CACHE.get((self.project_id, key))

    def set(self, key: str, value: str) -> None:
        assert isinstance(value, str)
        self.CACHE[self.project_id, key] = value

    @property
    def label_config(self) -> str | None:
        return self.get("label_config")


class TestUnder2:
    @pytest.fixture
    def tandem(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
        """Our class, on the stand-in and with the service's own backend."""
        package, model = ModuleType("label_studio_ml"), ModuleType("label_studio_ml.model")
        model.__dict__["LabelStudioMLBase"] = StandIn
        monkeypatch.setitem(sys.modules, "label_studio_ml", package)
        monkeypatch.setitem(sys.modules, "label_studio_ml.model", model)
        monkeypatch.setattr(StandIn, "CACHE", {})
        module = import_module("backend.label_studio_ml")
        backend: Backend = app.extensions["tandem"]
        monkeypatch.setattr(module, "shared_backend", lambda: backend)
        yield module.Tandem
        del sys.modules["backend.label_studio_ml"]

    def test_answers_are_the_service_s(self, tandem: Any, client: FlaskClient) -> None:
        results = tandem(project_id="7", label_config=CONFIG).predict(TASKS, context={"result": []})
        assert is_like(results, by_service(client))

    def test_params_that_label_studio_adds_are_taken(self, tandem: Any) -> None:
        model = tandem(project_id="7", label_config=CONFIG)
        assert len(model.predict(TASKS, context=None, login="", password="")) == 3

    def test_the_version_is_the_one_that_the_service_tells(
        self, tandem: Any, client: FlaskClient
    ) -> None:
        told = client.post(f"{BELOW}/setup", json={"project": PROJECT, "schema": CONFIG}).get_json()
        model = tandem(project_id="7", label_config=CONFIG)
        assert model.get("model_version") == told["model_version"]

    @pytest.mark.parametrize("project_id", [None, "", "None", "../learned/7"])
    def test_without_a_project_nothing_was_learned(
        self, tandem: Any, client: FlaskClient, project_id: str | None
    ) -> None:
        results = tandem(project_id=project_id, label_config=CONFIG).predict(TASKS)
        assert is_like(results, by_service(client, project=""))

    def test_a_fit_changes_nothing(self, tandem: Any) -> None:
        model = tandem(project_id="7", label_config=CONFIG)
        version = model.get("model_version")
        assert model.fit("ANNOTATION_CREATED", HOOK, job_id="1") is None
        assert tandem(project_id="7", label_config=CONFIG).get("model_version") == version
