"""What the service learns from people's answers, with the real model behind it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.label_configs import TOPICS
from tests.support.service_requests import (
    BAD,
    GOOD,
    TRAINING_SET,
    predict,
    tasks_of,
    version,
    versions,
)

pytestmark = pytest.mark.model


class TestLearn:
    def learn(self, client: FlaskClient, project: object, **changes: Any) -> dict[str, Any]:
        answer = client.post("/learn", json={"project": project, **TRAINING_SET, **changes})
        assert answer.status_code == 200, answer.json
        content: dict[str, Any] = answer.get_json()
        return content

    def test_moves_the_version_that_setup_and_predict_tell(self, client: FlaskClient) -> None:
        before = version(client, "20.1")
        learned = self.learn(client, 20)
        assert learned["model_version"] != before
        assert version(client, "20.1") == learned["model_version"]
        [result] = predict(client, tasks_of(GOOD[0]), project=20)
        assert result["model_version"] == learned["model_version"]
        assert result["result"][0]["meta"]["tandem"]["prior"] == "batch"
        assert result["result"][0]["meta"]["tandem"]["calibrator"].endswith(", 16 answers")

    def test_makes_the_answers_right(self, client: FlaskClient) -> None:
        self.learn(client, 21)
        results = predict(client, tasks_of(*GOOD, *BAD), project=21)
        answers = [result["result"][0]["value"]["choices"][0] for result in results]
        right = sum(a == "positive" for a in answers[:8]) + sum(
            a == "negative" for a in answers[8:]
        )
        assert right >= 14

    def test_of_the_same_in_any_order_is_the_same_version(self, client: FlaskClient) -> None:
        first = self.learn(client, 22)
        again = self.learn(
            client, 22, texts=TRAINING_SET["texts"][::-1], answers=TRAINING_SET["answers"][::-1]
        )
        assert again == {**first, "held_out": first["held_out"][::-1]}

    def test_tells_what_it_believes_of_each_answer_by_the_others(self, client: FlaskClient) -> None:
        odd = [{"text": " ", "label": "positive"}]
        believed = self.learn(client, 31, answers=[*TRAINING_SET["answers"], *odd])["held_out"]
        assert believed[-1] is None
        assert len(believed) == len(TRAINING_SET["answers"]) + 1
        for one in believed[:-1]:
            [part] = one["parts"].values()
            assert part["distribution"][one["answer"]] == one["confidence"] == part["confidence"]
            assert one["calibrated"]

    def test_of_opinions_it_learns_the_share_of_people_who_agree(self, client: FlaskClient) -> None:
        even = {"sentiment": {"positive": 0.5, "negative": 0.5}}
        answers = [{**one, "shares": even} for one in TRAINING_SET["answers"]]
        alone = self.learn(client, 33)["report"]["after"]["log_loss"]["value"]
        learned = self.learn(client, 34, answers=answers)["report"]
        assert learned["after"]["log_loss"]["value"] == pytest.approx(0.69, abs=0.15)
        assert alone < 0.5
        wrong = [{**answers[0], "shares": {"sentiment": {"positive": 1.5}}}]
        refused = client.post("/learn", json={"project": 33, **TRAINING_SET, "answers": wrong})
        assert refused.status_code == 400

    def test_teaches_one_project_alone(self, client: FlaskClient) -> None:
        before = version(client, "24.1")
        self.learn(client, 23)
        assert version(client, "24.1") == before

    def test_replaces_what_was_learned_before(self, client: FlaskClient) -> None:
        self.learn(client, 25)
        forgotten = self.learn(client, 25, instruction="", texts=[], answers=[])
        assert forgotten["model_version"] == version(client, "999.1")
        assert versions(client, 25)[0] == forgotten["model_version"]

    def test_keeps_earlier_versions_in_the_list(self, client: FlaskClient) -> None:
        first = self.learn(client, 26)["model_version"]
        second = self.learn(client, 26, instruction="Another instruction.")["model_version"]
        assert versions(client, "26.170") == [second, first]

    def test_leaves_out_answers_that_the_config_does_not_know(self, client: FlaskClient) -> None:
        odd = [
            *TRAINING_SET["answers"],
            {"text": "x", "label": "neutral"},
            {"text": "", "label": "positive"},
        ]
        report = self.learn(client, 27, answers=odd)["report"]
        assert (report["answers"], report["left_out"]) == (16, 2)

    def test_of_few_texts_and_answers_fits_nothing(self, client: FlaskClient) -> None:
        report = self.learn(
            client, 28, texts=GOOD[:3], answers=[{"text": GOOD[0], "label": "positive"}]
        )["report"]
        assert (report["prior"], report["calibrator"]) == ("contextual", "uncalibrated")

    def test_does_not_apply_to_another_label_config(self, client: FlaskClient) -> None:
        self.learn(client, 29)
        [result] = predict(client, tasks_of("Pasta with basil."), TOPICS, project=29)
        assert result["result"][0]["meta"]["tandem"]["calibrator"] == "uncalibrated"

    def test_that_fails_leaves_the_last_good_state(self, client: FlaskClient) -> None:
        good = self.learn(client, 30)["model_version"]
        too_long = {"project": 30, **TRAINING_SET, "instruction": "word " * 10_000}
        assert client.post("/learn", json=too_long).status_code == 502
        assert version(client, "30.1") == good
