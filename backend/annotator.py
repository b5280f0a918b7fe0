"""The annotator: a second model behind a server, asked for its labels and for nothing else.

It answers the same question as the model that serves, in the same words and by the same pipeline,
but nothing that was learned from people is applied to what it says. It is reached when it is first
asked, so that a service without an annotator, or one that is never asked, pays for none. Answers
are kept in a folder of their own: the same text is paid for once.
"""

import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from backend.classifiers.store import ClassifierStore
from backend.confidence.methods import missing_by_method
from backend.engines import Engine
from backend.model_access import ModelAccess
from backend.model_specs import ModelSpecs, parsed
from backend.pipeline.predictor import predict
from backend.runtime.metrics import Metrics
from backend.runtime.retry_later import RetryLater
from labeling.answers.types import AnswerType
from labeling.errors import EngineError, LabelConfigError, SettingsError, TaskError
from labeling.form.form import Form
from labeling.predictions.prediction import Failure, Prediction
from labeling.protocol.annotate import AnnotatedText
from labeling.protocol.health import PaidUsage
from labeling.settings.model_sections import (
    AnnotatorSettings,
    ConfidenceSettings,
    MethodName,
    ModelSettings,
    ServerSettings,
)
from labeling.settings.settings import Settings

METHODS: tuple[MethodName, ...] = ("label-logprob", "sequence-logprob", "verbalised")
"""How it is asked for a label: by the first way that its server is able to."""


class Annotator:
    """One model behind a server.

    Args:
        settings: The service's; they name the annotator.
        load: Loads the engine that settings name.
        metrics: Counts what is asked.
        clock: Returns the time, in seconds.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[Settings], Engine],
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._own = settings_of(settings)
        self._load = load
        self._metrics = metrics
        self._clock = clock
        self._lock = Lock()
        self._access: ModelAccess | None = None

    @property
    def name(self) -> str:
        """What the settings call the model."""
        return self._own.model.name

    @property
    def paid(self) -> PaidUsage:
        """What its server was paid since the start."""
        return self._access.paid if self._access else PaidUsage()

    def annotate(
        self, label_config: str, instruction: str, texts: Sequence[str]
    ) -> list[AnnotatedText]:
        """Ask for the labels of texts, within the time budget.

        Args:
            label_config: Asks for one choice of labels.
            instruction: What the project tells its annotators.
            texts: The texts.

        Returns:
            One result per text, in order.

        Raises:
            RetryLater: The time budget ran out; asking again gets further.
            EngineError: The server is away, or cannot be asked for labels.
            LabelConfigError: The label config asks for anything but one choice.
        """
        form = parsed(label_config)
        require_one_choice(form)
        access = self._reached()
        missing = missing_by_method(access.loader.wait().abilities)
        able = [name for name in METHODS if missing[name] is None]
        settings = self._own.model_copy(
            update={"confidence": ConfidenceSettings(methods=(able or METHODS)[:1])}
        )
        classifiers = ClassifierStore(settings.data_dir / "artefacts")
        spec = ModelSpecs(settings, access, classifiers).blank(label_config, instruction)
        model, _ = access.within_budget(spec.questions)
        tasks = [_task(form, text) for text in texts]
        return [_result(one) for one in predict(spec, model, tasks)]

    def close(self) -> None:
        """Close the files and let go of the server."""
        if self._access is not None:
            self._access.close()

    def _reached(self) -> ModelAccess:
        """Return the way to the model, found anew where the last time failed.

        Raises:
            RetryLater: It is still being tried out.
            EngineError: Its server is away or refuses.
        """
        with self._lock:
            if self._access is not None and self._access.loader.state == "failed":
                self._access.close()
                self._access = None
            if self._access is None:
                self._access = ModelAccess(self._own, self._load, self._metrics, self._clock)
            access = self._access
        deadline = self._clock() + self._own.backend.predict_budget
        try:
            access.loader.wait(deadline)
        except RetryLater as error:
            if access.loader.error is None:
                raise
            # A server that is away may come, but nobody is to wait for it.
            raise EngineError(str(error).removesuffix(".")) from error
        return access


def annotator_of(
    settings: Settings, load: Callable[[Settings], Engine], metrics: Metrics
) -> Annotator | None:
    """Return the settings' annotator; None where they name none."""
    return Annotator(settings, load, metrics) if settings.annotator.name is not None else None


def require_annotator(annotator: Annotator | None) -> Annotator:
    """Return the annotator.

    Raises:
        SettingsError: The settings name none.
    """
    if annotator is None:
        raise SettingsError(
            "The service has no annotator",
            where="annotator.name",
            hint="Name its model in the settings that `tandem serve` reads, too.",
        )
    return annotator


def require_one_choice(form: Form) -> None:
    """Refuse a form that asks for anything but one choice of labels.

    Raises:
        LabelConfigError: It does.
    """
    only = form.only
    if only is None or not form.is_one_choice or only.answer_type is not AnswerType.CLASS:
        raise LabelConfigError(
            "The annotator can be asked for one choice of labels alone",
            hint="Set annotator.name to null.",
        )


def settings_of(settings: Settings) -> Settings:
    """Return the settings under which the annotator is a service's own model.

    Args:
        settings: The service's; they name an annotator.
    """
    annotator = settings.annotator
    shared = annotator.model_dump(
        exclude=set(AnnotatorSettings.model_fields) - set(ServerSettings.model_fields)
    )
    return settings.model_copy(
        update={
            "model": ModelSettings(engine="openai", name=annotator.name or ""),
            "server": ServerSettings(**shared),
            "learning": settings.learning.model_copy(update={"embedding": None}),
            "data_dir": settings.data_dir / "annotator",
        }
    )


def _task(form: Form, text: str) -> dict[str, Any] | None:
    """Return a task that shows a text; None, which fails for itself, where it is none."""
    try:
        return {"data": form.data_of(text)}
    except TaskError:
        return None


def _result(outcome: Prediction | Failure) -> AnnotatedText:
    if not isinstance(outcome, Prediction):
        failed = AnnotatedText(error=outcome.error)
        return {**failed, "retry": True} if outcome.is_passing else failed
    [part] = outcome.parts.values()
    distribution = {label: round(p, 4) for label, p in part.distribution.items()}
    return AnnotatedText(label=outcome.answer, distribution=distribution)
