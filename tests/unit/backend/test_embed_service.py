"""`POST /embed` gives the vectors that the service's embedding model makes of texts."""

from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.application import Backend
from labeling.protocol.embed import MOST_TEXTS, decoded
from tests.support.backend_fixtures import NewApp
from tests.support.tiny_encoders import draw_texts, write_encoder

TEXTS = draw_texts(3, seed=1)[0]


@pytest.fixture
def client(new_app: NewApp, tmp_path: Path) -> FlaskClient:
    """A service with a small embedding model."""
    encoder = str(write_encoder(tmp_path / "encoder"))
    return new_app(learning={"embedding": encoder}).test_client()


def test_gives_one_vector_a_text_in_order(client: FlaskClient) -> None:
    answer = client.post("/embed", json={"texts": [*TEXTS, TEXTS[0]]}).get_json()
    vectors = [decoded(one) for one in answer["vectors"]]
    backend: Backend = client.application.extensions["tandem"]
    exact = backend.embed([*TEXTS, TEXTS[0]])
    assert exact is not None
    assert answer["model"] == "model"
    for vector, expected in zip(vectors, exact, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)
        assert vector == pytest.approx(expected, abs=1e-3)
    assert not np.allclose(vectors[0], vectors[1])


def test_half_of_a_surrogate_pair_does_not_stop_the_others(client: FlaskClient) -> None:
    answer = client.post("/embed", json={"texts": ["\ud83d", TEXTS[0]]})
    assert answer.status_code == 200
    assert all(answer.get_json()["vectors"])


def test_a_service_without_an_embedding_model_says_so(new_app: NewApp) -> None:
    client = new_app(learning={"embedding": None}).test_client()
    answer = client.post("/embed", json={"texts": [*TEXTS]})
    assert answer.get_json() == {"model": None, "vectors": []}


def test_nothing_asked_is_nothing_answered(client: FlaskClient) -> None:
    assert client.post("/embed", json={"texts": []}).get_json()["vectors"] == []


def test_too_many_texts_are_refused(client: FlaskClient) -> None:
    answer = client.post("/embed", json={"texts": [""] * (MOST_TEXTS + 1)})
    assert answer.status_code == 400
    assert "1000" in answer.get_json()["error"]
