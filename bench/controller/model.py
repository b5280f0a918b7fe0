"""An ML backend that answers at once, over HTTP: what a pass costs without its model."""

from typing import Any

from flask import Flask, request

from bench.controller.texts import TOPICS, number_of, predicted
from labeling.form.form import Form, parse
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol.predict import TaskResult
from labeling.studio_path import split_path


class InstantModel:
    """Answers each text as `bench.controller.texts` says.

    Attributes:
        round: Behind the name in its version; whoever raises it has every task labelled anew.
    """

    def __init__(self) -> None:
        self.round = 0
        self._forms: dict[str, Form] = {}

    @property
    def version(self) -> str:
        """The version that it answers with."""
        return f"instant-{self.round}"

    def application(self) -> Flask:
        """Return what answers its requests."""
        app = Flask(__name__)

        @app.route("/<path:path>", methods=["GET", "POST"])
        def answer(path: str) -> dict[str, Any]:
            _, route = split_path(f"/{path}")
            if route == "/predict":
                body = request.get_json()
                config = body["label_config"]
                form = self._forms.setdefault(config, parse(config))
                return {
                    "results": [self.predict(form, task["data"]["text"]) for task in body["tasks"]]
                }
            return {
                "status": "UP",
                "model": "ready",
                "model_version": self.version,
                "report": {},
            }

        return app

    def predict(self, form: Form, text: str) -> TaskResult:
        """Return the prediction of a text.

        Args:
            form: `texts.LABEL_CONFIG`, parsed.
            text: One of `texts.text_of`.
        """
        answer, confidence = predicted(number_of(text))
        rest = (1 - confidence) / (len(TOPICS) - 1)
        part = Part(
            answer=answer,
            confidence=confidence,
            distribution={topic: confidence if topic == answer else rest for topic in TOPICS},
            raw_score=confidence,
            provenance=Provenance("instant", "0" * 8, "none", f"platt:{self.round}"),
        )
        return to_label_studio(form, Prediction.alone("topic", part, self.version))
