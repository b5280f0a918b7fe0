"""An ML backend in memory: a calibrated model whose confidence in each text is seeded."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.form.form import Form
from labeling.predictions.label_studio_json import to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol.connection import SetupResponse
from labeling.protocol.learn import HeldOutPart, HeldOutResult, LearnRequest, LearnResponse
from routing.progress import Progress


class MemoryBackend:
    """A calibrated model whose confidence in a text is seeded, and that never changes its mind.

    Attributes:
        name: What its versions begin with; behind that, how many answers it learned from.
        used: A version that was put in force by an admin's word; None: none was.
        embedded: The texts that it was asked to encode.
    """

    requests = 0
    is_training_wanted = False

    def __init__(self, form: Form) -> None:
        self._form = form
        self._learned = 0
        self.name = "memory"
        self.lessons = 0
        self.used: str | None = None
        self.embedded: list[str] = []

    @property
    def _version(self) -> str:
        return self.used or f"{self.name}-{self._learned}"

    def version(self, project: int, config: str) -> str:
        return self.setup(project, config).model_version

    def setup(self, _project: int, _config: str) -> SetupResponse:
        return SetupResponse(model_version=self._version, training_wanted=self.is_training_wanted)

    def learn(self, body: LearnRequest) -> LearnResponse:
        """Learn from labels; the version says from how many."""
        if not (self.used and body.keep_version):
            self._learned, self.used = len(body.answers), None
        self.is_training_wanted = False
        self.lessons += 1
        believed = [self._held_out(one.text) for one in body.answers]
        return LearnResponse(model_version=self._version, held_out=believed)

    def embed(self, texts: Sequence[str]) -> list[NDArray[np.float32] | None]:
        """Return a seeded vector of each text, of length 1."""
        self.embedded += texts
        drawn = [np.random.default_rng([*text.encode()]).normal(size=16) for text in texts]
        return [(one / np.linalg.norm(one)).astype(np.float32) for one in drawn]

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
        return dict(to_label_studio(self._form, self._believed(text)))

    def _held_out(self, text: str) -> HeldOutResult:
        believed = self._believed(str(self._form.data_of(text)))
        parts = {
            name: HeldOutPart(confidence=one.confidence, distribution=dict(one.distribution))
            for name, one in believed.parts.items()
        }
        return HeldOutResult(
            answer=believed.answer,
            confidence=believed.confidence,
            calibrated=True,
            parts=parts,
        )

    def _believed(self, text: str) -> Prediction:
        [control] = self._form.controls
        labels = [one.value for one in control.candidates]
        confidence = 0.6 + 0.39 * random.Random(text).random()
        rest = (1 - confidence) / (len(labels) - 1)
        shares = dict.fromkeys(labels, rest) | {labels[0]: confidence}
        provenance = Provenance("memory", "abc", "none", f"platt:{self._learned}")
        part = Part(labels[0], confidence, shares, confidence, provenance)
        return Prediction.alone(control.from_name, part, self._version)
