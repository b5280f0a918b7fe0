"""`POST /distill` makes a student of what answers now, or says in one line why it cannot."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.tiny_encoders import LABELS, draw_texts, write_encoder

CONFIG = choices([*LABELS])


def training_set(answers: int = 60, **changes: Any) -> dict[str, Any]:
    known, right = draw_texts(answers, seed=1)
    said = [
        {"text": text, "label": LABELS[label]} for text, label in zip(known, right, strict=True)
    ]
    open_texts = draw_texts(30, seed=2)[0]
    taught = {"project": 7, "label_config": CONFIG, "answers": said, "open_texts": open_texts}
    return {**taught, **changes}


@pytest.fixture
def client(new_app: NewApp, tmp_path: Path) -> FlaskClient:
    """A service with a small embedding model, and a language model that knows nothing."""
    encoder = str(write_encoder(tmp_path / "encoder"))
    return new_app(learning={"embedding": encoder}).test_client()


def refusal(client: FlaskClient, **changes: Any) -> str:
    answer = client.post("/distill", json=training_set(**changes))
    assert answer.status_code in (400, 422)
    return str(answer.get_json()["error"])


def test_gives_the_students_folder(client: FlaskClient) -> None:
    answer = client.post("/distill", json=training_set(licence="cc-by-4.0"))
    assert answer.status_code == 200, answer.get_json()
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert json.loads(archive.read("labels.json")) == [*LABELS]
        card = archive.read("README.md").decode()
    assert "license: cc-by-4.0" in card
    assert "60 texts that people answered, and 30 open texts" in card
    assert "A student of SmolLM2-135M-Instruct-" in card
    assert "token vectors of model" in card
    assert "/encoder" not in card  # a path of the machine that made it


def test_changes_nothing_that_answers(client: FlaskClient) -> None:
    def version() -> str:
        answer = client.post("/setup", json={"project": "7.1", "schema": CONFIG})
        return str(answer.get_json()["model_version"])

    before = version()
    client.post("/distill", json=training_set())
    assert version() == before


def test_few_answers_make_no_student(client: FlaskClient) -> None:
    assert "20 answers teach no student, 50 at least do" in refusal(client, answers=20)


def test_a_form_without_a_choice_has_no_student(client: FlaskClient) -> None:
    config = '<View><Text name="text" value="$text"/><TextArea name="why" toName="text"/></View>'
    assert "asks for one label of a text" in refusal(client, label_config=config)


def test_a_control_that_is_not_there_is_named(client: FlaskClient) -> None:
    assert "The control tone does not ask for one label" in refusal(client, control="tone")


def test_a_licence_is_a_name(client: FlaskClient) -> None:
    assert "licence" in refusal(client, licence="a\nb")


def test_without_an_embedding_model_there_is_no_student(new_app: NewApp) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    assert "learning.embedding" in refusal(client)
