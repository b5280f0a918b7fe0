"""An ML backend that answers at once, over HTTP: what a pass costs without its model."""

from typing import Any

from flask import Flask, request

from labeling.form.form import Form, parse
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol import TaskResult
from labeling.studio_path import split_path

GOLDEN = 0.618033988749895
"""Multiples of it are spread evenly over [0, 1), modulo 1."""


class InstantModel:
    """Answers each task by its id: labels in turn, confidences spread from 0.55 to 1.

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
                return {"results": [self._predict(form, task) for task in body["tasks"]]}
            return {
                "status": "UP",
                "model": "ready",
                "model_version": self.version,
                "versions": [self.version],
                "report": {},
            }

        return app

    def _predict(self, form: Form, task: dict[str, Any]) -> TaskResult:
        [control] = form.controls
        labels = [candidate.value for candidate in control.candidates]
        answer = labels[task["id"] % len(labels)]
        confidence = round(0.55 + 0.45 * (task["id"] * GOLDEN % 1), 4)
        rest = (1 - confidence) / (len(labels) - 1)
        part = Part(
            answer=answer,
            confidence=confidence,
            distribution={label: confidence if label == answer else rest for label in labels},
            raw_score=confidence,
            provenance=Provenance("instant", "0" * 8, "none", f"platt:{self.round}"),
        )
        return to_label_studio(form, Prediction.alone(control.from_name, part, self.version))
