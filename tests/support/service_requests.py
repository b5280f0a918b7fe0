"""Reviews, what they teach, and the requests that the service's tests send."""

from typing import Any

from flask.testing import FlaskClient
from label_studio_sdk.label_interface.interface import LabelInterface

from tests.support.label_configs import choices

SENTIMENT = choices(["positive", "negative"], name="sentiment")
GOOD = [
    "A wonderful, moving film.",
    "I loved every minute of it.",
    "Great acting and a lovely story.",
    "Simply brilliant.",
    "The best evening in months.",
    "Funny, warm and clever.",
    "A delight from start to end.",
    "Superb, go and see it.",
]
BAD = [
    "A dull, lifeless film.",
    "I hated every minute of it.",
    "Terrible acting and a stupid story.",
    "Simply awful.",
    "The worst evening in months.",
    "Boring, cold and silly.",
    "A waste of time from start to end.",
    "Horrible, stay away from it.",
]
TRAINING_SET: dict[str, Any] = {
    "label_config": SENTIMENT,
    "instruction": "Is the review positive or negative?",
    "texts": [*GOOD, *BAD],
    "answers": [
        *({"text": text, "label": "positive"} for text in GOOD),
        *({"text": text, "label": "negative"} for text in BAD),
    ],
}


def tasks_of(*texts: object) -> list[dict[str, Any]]:
    return [{"id": number, "data": {"text": text}} for number, text in enumerate(texts)]


def predict(
    client: FlaskClient, tasks: list[Any], config: str = SENTIMENT, project: object = None
) -> list[dict[str, Any]]:
    body = {"tasks": tasks, "label_config": config, "project": project, "params": {}}
    answer = client.post("/predict", json=body)
    assert answer.status_code == 200, answer.json
    results: list[dict[str, Any]] = answer.get_json()["results"]
    return results


def version(client: FlaskClient, project: str, config: str = SENTIMENT) -> str:
    answer = client.post("/setup", json={"project": project, "schema": config})
    assert answer.status_code == 200, answer.json
    return str(answer.get_json()["model_version"])


def is_valid(result: dict[str, Any], config: str = SENTIMENT) -> bool:
    """Ask Label Studio's own SDK whether it could store the prediction."""
    verdict: bool = LabelInterface(config).validate_prediction(result)  # type: ignore[no-untyped-call]
    return verdict


def versions(client: FlaskClient, project: object, studio: str = "") -> list[str]:
    """The names of a project's versions, as the service lists them below a Label Studio's path."""
    answer = client.get(f"{studio}/models", query_string={"project": str(project)})
    assert answer.status_code == 200, answer.json
    return [one["name"] for one in answer.get_json()["models"]]
