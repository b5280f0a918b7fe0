"""The ML backend of a loop, over HTTP: it answers as the test says, and learns what it is told."""

from collections.abc import Callable
from typing import Any

from labeling.form.form import Form, parse
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol.predict import TaskResult
from labeling.studio_path import split_path
from tests.support.serving import Reply, as_json

UNSURE = 0.55


class Model:
    """An ML backend that answers as the test says.

    Attributes:
        name: What its versions begin with; behind that, how many answers it learned from.
        confidences: By text; one that is not named is answered with `UNSURE`.
        answer: What it answers; None: the first label of the form.
        answers: What it answers to these texts, whatever `answer` says.
        learns: Whether a training set with answers moves its version.
        training_sets: What it was sent to learn from, in order.
        is_training_wanted: Whether *Start training* was pressed since it last learned.
        asked: The tasks of each `/predict`, in order.
        before: Called with the path before an answer; what it gives is the answer instead.
    """

    def __init__(self) -> None:
        self.url = ""
        self.name = "a"
        self.confidences: dict[str, float] = {}
        self.answer: str | None = None
        self.answers: dict[str, str] = {}
        self.learns = True
        self.learned = 0
        self.training_sets: list[Any] = []
        self.is_training_wanted = False
        self.asked: list[list[int]] = []
        self.before: Callable[[str], Reply | None] = lambda _: None

    @property
    def version(self) -> str:
        return f"{self.name}-{self.learned}"

    def script(self, _method: str, path: str, body: Any, _authorization: str | None) -> Reply:
        _, path = split_path(path)
        instead = self.before(path)
        if instead is not None:
            return instead
        if path == "/webhook" and body["action"] == "START_TRAINING":
            self.is_training_wanted = True
        if path == "/learn":
            self.is_training_wanted = False
            self.training_sets.append(body)
            self.learned = len(body["answers"]) if self.learns else 0
        if path == "/predict":
            self.asked.append([one["id"] for one in body["tasks"]])
            form = parse(body["label_config"])
            return as_json({"results": [self._predict(form, one) for one in body["tasks"]]})
        said = {"status": "UP", "model_version": self.version, "report": {}}
        return as_json({**said, "training_wanted": self.is_training_wanted})

    def _predict(self, form: Form, task: Any) -> TaskResult:
        text = task["data"].get("text")
        if not text:
            return {"result": [], "score": 0.0, "error": "there is no text"}
        [control] = form.controls
        labels = [candidate.value for candidate in control.candidates]
        answer = self.answers.get(text, self.answer or labels[0])
        confidence = self.confidences.get(text, UNSURE)
        others = [label for label in labels if label != answer]
        rest = {label: (1 - confidence) / len(others) for label in others}
        part = Part(
            answer=answer,
            confidence=confidence,
            distribution={answer: confidence, **rest},
            raw_score=confidence,
            provenance=Provenance("scripted", "abc", "none", f"platt:{self.learned}"),
        )
        return to_label_studio(form, Prediction.alone(control.from_name, part, self.version))
