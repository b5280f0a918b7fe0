"""An ML backend in memory that reaches an annotator: who knows what people would say."""

import random
from typing import cast

from labeling.errors import BackendUnreachable
from labeling.form.form import Form, parse
from labeling.protocol.annotate import AnnotatedText, AnnotateRequest, AnnotateResponse
from labeling.protocol.health import PaidUsage
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_project import MemoryLoop

NAME = "large-model"


class Killed(BaseException):
    """The pass is killed, as by kill -9."""


class AnnotatingBackend(MemoryBackend):
    """Whose annotator gives every text the label that is right for all people.

    Attributes:
        asked: The texts that it was asked about, in order.
        is_away: Whether its server is gone.
        answers_before_kill: Calls after whose answers the caller is killed; None: it never is.
    """

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.asked: list[str] = []
        self.is_away = False
        self.answers_before_kill: int | None = None

    def annotate(self, body: AnnotateRequest) -> AnnotateResponse:
        """Label texts."""
        if self.is_away:
            raise BackendUnreachable("The ML backend answers with an error: no server")
        if self.answers_before_kill == 0:
            raise Killed
        if self.answers_before_kill is not None:
            self.answers_before_kill -= 1
        self.asked += body.texts
        labels = [one.value for one in self._form.controls[0].candidates]
        results = [AnnotatedText(label=right_label(text, labels)) for text in body.texts]
        return AnnotateResponse(model=NAME, results=results, paid=PaidUsage())


def right_label(text: str, labels: list[str]) -> str:
    """What `tests.support.memory_studio.answer_tabs` takes to be right."""
    return labels[0] if random.Random(text).random() < 0.7 else labels[-1]


def with_annotator(loop: MemoryLoop, **settings: object) -> AnnotatingBackend:
    """Give a project an annotator, with these settings, and return its backend."""
    backend = AnnotatingBackend(parse(loop.studio.server.label_config))
    loop.backend = cast(MemoryBackend, backend)
    loop.sections["annotator"] = {"name": NAME, "price": 0.01, "budget": 10.0, **settings}
    return backend
