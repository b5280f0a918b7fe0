"""Whatever becomes of the service's files, people's requests are answered, and one line tells."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backend.versions import registry
from tests.support.backend_fixtures import NewApp
from tests.support.damaged_files import DAMAGES, scramble_pages
from tests.support.label_configs import choices

CONFIG = choices(["positive", "negative"])
TEXTS = [f"Text {number}, which is a little longer." for number in range(200)]
TRAINING_SET = {
    "project": 7,
    "label_config": CONFIG,
    "texts": TEXTS[:20],
    "answers": [{"text": text, "label": "positive"} for text in TEXTS[:20]],
}
NO_EMBEDDING = {"learning": {"embedding": None}}


def predict(client: FlaskClient) -> None:
    tasks = [{"id": number, "data": {"text": text}} for number, text in enumerate(TEXTS)]
    answer = client.post("/predict", json={"tasks": tasks, "label_config": CONFIG, "project": "7"})
    assert answer.status_code == 200, answer.get_json()
    assert not any("error" in result for result in answer.get_json()["results"])


@pytest.fixture
def answers(new_app: NewApp, tmp_path: Path) -> Path:
    """The answers' file of a service that answered, and ended."""
    app = new_app(**NO_EMBEDDING)
    predict(app.test_client())
    app.extensions["tandem"].close()
    return tmp_path / "answers.sqlite3"


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_answers_are_set_aside_at_the_start(
    damage: Callable[[Path], None],
    new_app: NewApp,
    answers: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    damage(answers)
    client = new_app(**NO_EMBEDDING).test_client()
    predict(client)
    predict(client)
    assert sum("set aside" in line for line in caplog.messages) == 1
    assert list(answers.parent.glob("answers.sqlite3.damaged-*"))


def test_answers_that_are_damaged_while_it_serves_are_set_aside_then(
    new_app: NewApp, answers: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = new_app(**NO_EMBEDDING).test_client()
    scramble_pages(answers)
    predict(client)
    predict(client)
    assert sum("set aside" in line for line in caplog.messages) == 1


def test_where_no_cache_can_be_made_it_serves_without(
    new_app: NewApp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("answers.sqlite3", "embeddings.sqlite3"):
        (tmp_path / name).mkdir()
    client = new_app().test_client()
    predict(client)
    predict(client)
    assert sum("goes on without" in line for line in caplog.messages) == 2


def test_health_names_the_projects_that_are_untaught_until_they_are_learned_from(
    new_app: NewApp, tmp_path: Path
) -> None:
    state = tmp_path / "learned" / "7" / "versions.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"instruction": ' + "[" * 100_000)
    client = new_app(**NO_EMBEDDING).test_client()
    predict(client)
    assert [*client.get("/health").get_json()["unreadable"]] == ["7"]
    assert client.post("/learn", json=TRAINING_SET).status_code == 200
    assert client.get("/health").get_json()["unreadable"] == {}
    predict(client)


def test_what_cannot_be_written_is_one_line_and_leaves_the_last_state_in_force(
    new_app: NewApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = new_app(**NO_EMBEDDING).test_client()
    first = client.post("/learn", json=TRAINING_SET).get_json()["model_version"]

    def fill_the_disk(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(registry, "write_whole", fill_the_disk)
    refused = client.post("/learn", json={**TRAINING_SET, "instruction": "Otherwise."})
    assert refused.status_code == 502
    assert "cannot be written" in refused.get_json()["error"]
    assert "No space left" in refused.get_json()["error"]
    setup = client.post("/setup", json={"project": "7.1", "schema": CONFIG})
    assert setup.get_json()["model_version"] == first


def test_nobody_but_its_owner_may_read_what_it_keeps(new_app: NewApp, tmp_path: Path) -> None:
    predict(new_app().test_client())
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert {path.name: path.stat().st_mode & 0o077 for path in kept} == {
        path.name: 0 for path in kept
    }
