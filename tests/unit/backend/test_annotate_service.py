"""The service gives the labels of a second model, when it is asked for them and paid for once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.engines import Ability, Engine, Request, Scored
from backend.runtime.retry_later import RetryLater
from labeling.errors import EngineError
from labeling.settings.settings import Settings
from tests.support.backend_fixtures import NewApp
from tests.support.capable_engine import AbleEngine
from tests.support.even_engine import EvenEngine
from tests.support.label_configs import choices

NAME = "org/large-model"
CONFIG = choices(["positive", "negative"], name="sentiment")
SEVERAL = CONFIG.replace("single", "multiple")
TEXTS = ["A fine film.", "A dull one."]


class Large(AbleEngine):
    """Finds the second label of what it knows nine times as probable; counts what it is asked."""

    def __init__(self, lacks: frozenset[Ability] = frozenset()) -> None:
        super().__init__(lacks=lacks)
        self.scored: list[Request] = []

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        self.scored += requests
        known = [one.context.text in TEXTS for one in requests]
        return [Scored(np.log([0.1, 0.9] if one else [0.5, 0.5])) for one in known]


class Failing(Large):
    """Has no answer to one text."""

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        found = super().loglikelihood(requests)
        return [
            EngineError("The server refuses") if request.context.text == TEXTS[1] else one
            for request, one in zip(requests, found, strict=True)
        ]


Serve = Callable[..., FlaskClient]


@pytest.fixture
def serve(new_app: NewApp) -> Serve:
    """Make a service whose own model is another than its annotator."""

    def make(annotator: Callable[[], Engine], **sections: Any) -> FlaskClient:
        def load(settings: Settings) -> Engine:
            return annotator() if settings.model.name == NAME else EvenEngine()

        return new_app(load, annotator={"name": NAME}, **sections).test_client()

    return make


def ask(client: FlaskClient, config: str = CONFIG, texts: Sequence[str] = TEXTS) -> Any:
    return client.post("/annotate", json={"texts": [*texts], "label_config": config})


def test_each_text_gets_a_label_and_its_distribution(serve: Serve) -> None:
    told = ask(serve(Large)).get_json()
    assert told["model"] == NAME
    assert [one["label"] for one in told["results"]] == ["negative", "negative"]
    assert told["results"][0]["distribution"] == pytest.approx({"positive": 0.1, "negative": 0.9})
    assert told["paid"] == {"tokens": 0, "money": 0.0}


def test_the_same_text_is_paid_for_once(serve: Serve) -> None:
    large = Large()
    client = serve(lambda: large)
    first = ask(client).get_json()["results"]
    asked = len(large.scored)
    assert asked
    assert ask(client).get_json()["results"] == first
    assert len(large.scored) == asked


def test_nobody_else_s_question_reaches_it(serve: Serve) -> None:
    large = Large()
    client = serve(lambda: large)
    tasks = [{"id": 1, "data": {"text": TEXTS[0]}}]
    assert client.post("/predict", json={"tasks": tasks, "label_config": CONFIG}).status_code == 200
    assert client.get("/health").status_code == 200
    assert not large.scored


def test_a_text_that_fails_fails_for_itself(serve: Serve) -> None:
    first, second = ask(serve(Failing)).get_json()["results"]
    assert first["label"] == "negative"
    assert "The server refuses" in second["error"]
    assert "label" not in second


def test_a_server_that_scores_nothing_is_asked_to_write(serve: Serve) -> None:
    large = Large(frozenset({Ability.LABEL_LOGPROBS, Ability.TOKEN_LOGPROBS}))
    [first, _] = ask(serve(lambda: large)).get_json()["results"]
    assert first["label"] == "positive", "what it writes"
    assert large.asked
    assert not large.scored


def test_a_server_that_is_away_is_told_at_once_and_asked_again_later(serve: Serve) -> None:
    there = list[Engine]()

    def load() -> Engine:
        if not there:
            raise EngineError("The server is not there", where="http://nowhere")
        return there[0]

    client = serve(load)
    answer = ask(client)
    assert answer.status_code == 502
    assert "The server is not there" in answer.get_json()["error"]
    there.append(Large())
    assert ask(client).status_code == 200


def test_nobody_waits_for_a_server_that_may_come(serve: Serve) -> None:
    def load() -> Engine:
        raise RetryLater("The server is not there yet", hint="Start it.")

    answer = ask(serve(load, backend={"predict_budget": 0.2}))
    assert answer.status_code == 502, "not 503, which asks the controller to wait"
    assert "The server is not there yet" in answer.get_json()["error"]


def test_without_an_annotator_it_says_which_setting_is_missing(new_app: NewApp) -> None:
    answer = ask(new_app().test_client())
    assert answer.status_code == 422
    assert "annotator.name" in answer.get_json()["error"]


def test_more_than_one_choice_is_refused(serve: Serve) -> None:
    answer = ask(serve(Large), SEVERAL)
    assert answer.status_code == 400
    assert "one choice of labels alone" in answer.get_json()["error"]
