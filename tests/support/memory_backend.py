"""An ML backend in memory: a calibrated model whose confidence in each text is seeded."""

import random
from collections.abc import Iterator, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from labeling.form.form import Form
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol import LearnRequest
from routing.progress import Progress


class MemoryBackend:
    """A calibrated model whose confidence in a text is seeded, and that never changes its mind."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._learned = 0
        self.name = "memory"

    @property
    def _version(self) -> str:
        return f"{self.name}-{self._learned}"

    def version(self, _project: int, _config: str) -> str:
        return self._version

    def learn(self, body: LearnRequest) -> Any:
        """Learn from labels; the version says from how many."""
        self._learned = len(body.answers)
        return SimpleNamespace(model_version=self._version)

    def predict_parts(
        self,
        _project: int | None,
        _config: str,
        tasks: Sequence[Mapping[str, Any]],
        size: int,
        _progress: Progress,
    ) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        for start in range(0, len(tasks), size):
            part = tasks[start : start + size]
            yield [
                (place, self._predict(str(one["data"]))) for place, one in enumerate(part, start)
            ]

    def _predict(self, text: str) -> dict[str, Any]:
        [control] = self._form.controls
        labels = [one.value for one in control.candidates]
        confidence = 0.6 + 0.39 * random.Random(text).random()
        rest = (1 - confidence) / (len(labels) - 1)
        shares = dict.fromkeys(labels, rest) | {labels[0]: confidence}
        provenance = Provenance("memory", "abc", "none", f"platt:{self._learned}")
        part = Part(labels[0], confidence, shares, confidence, provenance)
        prediction = Prediction.alone(control.from_name, part, self._version)
        return dict(to_label_studio(self._form, prediction))
