"""The running backend: its parts wired once, behind the verbs that its doors offer."""

import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import Any

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.classifiers.store import ClassifierStore
from backend.confidence.methods import missing_by_method, require
from backend.distillation.token_vectors import token_vectors
from backend.embedding import Embed, new_embedder
from backend.engines import Ability, Answer, Asked, Engine, Identity
from backend.engines.answer_cache import AnswerCache
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.engines.token_estimate import tokens_of
from backend.learning.distil import distil_control
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.pipeline.predictor import predict
from backend.questions.base import Question
from backend.questions.judging import LabelJudge
from backend.runtime.admission import Admission
from backend.runtime.batcher import Batcher
from backend.runtime.loader import Loader
from backend.runtime.metrics import Metrics
from backend.runtime.priority_queue import Priority
from backend.runtime.retry_later import RetryLater
from backend.teacher import Pupil, Teacher
from backend.trained_versions import TrainedVersions
from backend.training.job import Step
from backend.training.steps import WorkerStep
from backend.training.trainer import Trainer
from backend.versions.contest import LearnOutcome
from backend.versions.registry import VersionRegistry
from labeling.errors import EngineError, TandemError
from labeling.form.form import Form, parse
from labeling.predictions.prediction import Failure, Prediction
from labeling.protocol.health import PaidUsage
from labeling.protocol.judge import JudgedLabel, ProposedLabel
from labeling.settings.settings import Settings

parsed = lru_cache(maxsize=64)(parse)
"""`labeling.form.form.parse`, remembering the last label configs."""

ASKED_AT_ONCE = 64
"""Requests that a training has in the queue at one time."""

SECONDS_TO_REPLY = 2.0
"""For the last replies to be written once there is nothing to wait for."""


class Backend:
    """One model and what it learned about every project. The model loads in the background.

    Args:
        settings: The settings.
        load: Loads the engine that they name; may take minutes.
        clock: Returns the time, in seconds; what waits for the model is timed by it.

    Raises:
        EngineError: The settings name no engine that there is.
    """

    def __init__(
        self,
        settings: Settings,
        load: Callable[[Settings], Engine] = engines.load,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._clock = clock
        self.identity = engines.identify(settings)
        self.loader = Loader(lambda: load(settings), clock=clock)
        self.versions = VersionRegistry(
            settings.data_dir / "learned", settings.learning.keep_versions
        )
        self.embedder = new_embedder(settings, settings.data_dir / "embeddings.sqlite3", clock)
        self._cache = AnswerCache(
            settings.data_dir / "answers.sqlite3",
            self.identity.digest,
            settings.backend.cache_bytes,
        )
        self._batcher: Batcher[Asked, Answer] = Batcher(
            self._run, tokens_of, settings.backend.queue_tokens, clock
        )
        self.admission = Admission(settings.backend.threads, self._batcher.seconds_of_queue)
        self.load = self._batcher.load
        self.metrics = Metrics(
            self.load,
            lambda: self.loader.state == "ready",
            lambda: self.paid,
            lambda: self.trainer.progress(),
        )
        self.trainer = Trainer(
            settings, lambda outcome: self.metrics.trainings.labels(outcome).inc(), clock
        )
        self.classifiers = ClassifierStore(self.trainer.artefacts)
        self.teacher = Teacher(
            self.versions,
            self.trainer,
            self.trainer.artefacts,
            lambda blank, learned: self._model_spec(blank.form, learned),
            lambda spec: self._within_budget(spec.questions, Priority.BULK),
            self.classifiers.classify,
            TrainedVersions(
                self.trainer.artefacts,
                lambda blank, learned: self._model_spec(blank.form, learned),
                self._patiently if "examples" in settings.learning.train else None,
                settings.learning.student_loss,
                clock,
            ),
            self._steps,
            clock,
        )

    @property
    def paid(self) -> PaidUsage:
        """What a server was paid for the model's answers since the start."""
        return self.loader.wait().paid if self.loader.state == "ready" else PaidUsage()

    @property
    def methods(self) -> dict[str, str | None] | None:
        """What the engine lacks for each method, None: nothing; None for all until it is loaded."""
        if self.loader.state != "ready":
            return None
        return missing_by_method(self.loader.wait().abilities)

    def model_spec(self, project: str | None, label_config: str) -> ModelSpec:
        """Return how a project's tasks are answered now; never waits for the model.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.

        Returns:
            The model spec, whose `model_version` names it.

        Raises:
            LabelConfigError: The label config holds nothing that can be answered.
            SettingsError: The prompt's template or examples cannot be used.
        """
        return self._model_spec(parsed(label_config), self.versions.get(project))

    def predict(
        self,
        project: str | None,
        label_config: str,
        tasks: Sequence[Any],
        priority: Priority = Priority.INTERACTIVE,
    ) -> tuple[ModelSpec, list[Prediction | Failure]]:
        """Answer tasks within the time budget; what does not get its turn fails for itself.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: Tasks as Label Studio sends them.
            priority: What they are for: interactive ones come before bulk ones.

        Returns:
            The model spec that answered, and one outcome per task, in order.

        Raises:
            RetryLater: The budget ran out before anything was answered, or the queue is full.
            EngineError: The model cannot be loaded.
            LabelConfigError: See `model_spec`.
            SettingsError: See `model_spec`.
        """
        model_spec = self.model_spec(project, label_config)
        model, embed = self._within_budget(model_spec.questions, priority)
        outcomes = predict(model_spec, model, tasks, embed, self.classifiers.classify)
        for outcome in outcomes:
            became = "answered" if isinstance(outcome, Prediction) else "failed"
            self.metrics.tasks.labels(became).inc()
        return model_spec, outcomes

    def learn(
        self,
        project: str,
        label_config: str,
        training_set: TrainingSet,
        *,
        keep_version: bool = False,
        anew: bool = False,
    ) -> LearnOutcome:
        """Fit what a project teaches, and put it in force where it beats the version that is.

        The same answers once more change nothing, and cost nothing. A failure leaves the last good
        version in force.

        Args:
            project: The project's id.
            label_config: What is asked.
            training_set: Everything that the project teaches.
            keep_version: Whether the version in force goes on, where it applies, whatever was
                answered since.
            anew: Whether what was trained on the same answers is trained once more.

        Returns:
            The version that is in force now, the report of its fit, and what it believes of the
            answered texts.

        Raises:
            RetryLater: The time budget ran out; asking again gets further.
            EngineError: The model cannot be loaded, or cannot answer; or what was learned cannot be
                written.
            LabelConfigError: See `model_spec`.
            SettingsError: See `model_spec`.
        """
        return self.teacher.learn(
            self.pupil(project, label_config, training_set), keep_version=keep_version, anew=anew
        )

    def use(self, project: str, label_config: str, name: str) -> str | None:
        """Put a known version in force, by an admin's word; see `Teacher.use`."""
        return self.teacher.use(project, name, partial(self._blank, label_config))

    def distil(
        self,
        project: str | None,
        label_config: str,
        training_set: TrainingSet,
        control: str | None,
        licence: str,
    ) -> bytes:
        """Make a small classifier of what answers a control now; nothing that answers changes.

        Args:
            project: Whose learned state is the teacher; None: none's.
            label_config: What is asked.
            training_set: What the project teaches, with open texts for the teacher to label.
            control: The control's name; None: the form has one that asks for one label.
            licence: Of the texts and of what is made of them.

        Returns:
            Its folder, a ZIP archive; see `backend.distillation.folder`.

        Raises:
            RetryLater: The time budget ran out; asking again gets further.
            EngineError: The model cannot be loaded, or the embedding model has no tokens.
            SettingsError: The settings name no embedding model.
            TandemError: See `backend.learning.distil`.
        """
        for package in ("onnx", "onnxruntime"):
            if find_spec(package) is None:
                raise EngineError(
                    f"The backend lacks {package}, which the student's folder is written with",
                    hint="Run there: pip install 'label-studio-tandem[distil]'",
                )
        from backend.distillation.folder import zipped

        teacher = self.model_spec(project, label_config)
        untaught = self._blank(label_config, training_set.instruction)
        model, embed = self._within_budget(teacher.questions, Priority.BULK)
        made = distil_control(
            teacher,
            untaught,
            training_set,
            model,
            embed,
            self.classifiers.classify,
            lambda: token_vectors(self.settings),
            control,
            licence,
        )
        return zipped(made.student, made.card)

    def judge(
        self,
        project: str | None,
        label_config: str,
        labels: Sequence[ProposedLabel],
        *,
        with_reasons: bool = False,
    ) -> list[JudgedLabel]:
        """Ask the model whether labels fit their texts; what was fitted to people plays no part.

        Args:
            project: Whose instruction the model is told; None: none's.
            label_config: What was asked.
            labels: What is judged.
            with_reasons: Whether it is to say why, too.

        Returns:
            What it says of each, in order; see `LabelJudge`.

        Raises:
            RetryLater: See `predict`.
            EngineError: The model cannot be loaded.
            LabelConfigError: See `model_spec`.
        """
        form, learned = parsed(label_config), self.versions.get(project)
        instruction = learned.instruction if learned else ""
        judge = LabelJudge.of(form, self.settings.prompt, instruction)
        model, _ = self._within_budget((), Priority.BULK)
        return run(judge.steps(labels, model.abilities(), with_reasons=with_reasons), model)

    def stop(self, seconds: float) -> None:
        """Refuse new work, and let callers get their answers for so long; then drop what waits.

        The micro-batch at hand is always ended and kept.
        """
        self.admission.close()
        self.trainer.stop()
        self.admission.wait_until_empty(seconds)
        self._batcher.close()
        self.admission.wait_until_empty(SECONDS_TO_REPLY)

    def close(self) -> None:
        """Stop the model's thread, end what is trained, close the files, let go of the model."""
        self._batcher.close()
        self.trainer.close()
        self._cache.close()
        if self.embedder:
            self.embedder.close()
        if self.loader.state == "ready":
            self.loader.wait().close()

    def _model_spec(self, form: Form, learned: LearnedState | None) -> ModelSpec:
        controls = learned.controls.values() if learned else ()
        artefacts = [digest for one in controls for digest in one.digests]
        return build_model_spec(
            self.settings,
            self.identity,
            form,
            learned,
            self._embedding(),
            self.classifiers.missing(artefacts),
        )

    def _blank(self, label_config: str, instruction: str) -> ModelSpec:
        """Return how tasks are answered under an instruction, nothing fitted yet."""
        return self._model_spec(parsed(label_config), LearnedState(instruction=instruction))

    def pupil(self, project: str, label_config: str, training_set: TrainingSet) -> Pupil:
        """Return a project as it is asked before anything is learned; see `learn`."""
        blank = self._blank(label_config, training_set.instruction)
        return Pupil(project, label_config, blank, training_set)

    def _steps(self) -> list[Step] | None:
        """Return the steps of a training; None: the settings want none."""
        if not self.settings.learning.train:
            return None
        step = WorkerStep.of(self.settings.learning)
        return [step] if step.names else []

    def _embedding(self) -> Identity | None:
        """Return the embedding model, unless it is known to fail."""
        if self.embedder is None or self.embedder.state == "failed":
            return None
        return self.embedder.identity

    def _patiently(self, spec: ModelSpec) -> tuple[ModelClient, Embed | None]:
        """Return the model and an encoder, for a training: few requests at a time, for long."""
        seconds = self.settings.learning.train_seconds
        model, embed = self._within_budget(spec.questions, Priority.BULK, seconds)
        return model.in_chunks(ASKED_AT_ONCE), embed

    def _within_budget(
        self, questions: Sequence[Question], priority: Priority, seconds: float | None = None
    ) -> tuple[ModelClient, Embed | None]:
        """Return the model and an encoder, whose one time budget runs from now on."""
        deadline = self._clock() + (seconds or self.settings.backend.predict_budget)

        def abilities() -> frozenset[Ability]:
            found = self.loader.wait(deadline).abilities
            require([question.needs for question in questions], found)
            return found

        def ask(requests: Sequence[Asked]) -> list[Any]:
            return self._ask(requests, deadline, priority, abilities)

        embed = partial(self.embedder.embed, deadline=deadline) if self.embedder else None
        return ModelClient(ask, abilities), embed

    def _ask(
        self,
        requests: Sequence[Asked],
        deadline: float,
        priority: Priority,
        check: Callable[[], object],
    ) -> list[Any]:
        """Answer requests from the cache, and what is new by the model, once that is checked."""
        known: dict[Asked, Answer | TandemError] = {**self._cache.get(requests)}
        new = [request for request in dict.fromkeys(requests) if request not in known]
        self.metrics.scores.labels("cache").inc(len(requests) - len(new))
        self.metrics.scores.labels("model").inc(len(new))
        if new:
            check()
            answers = self._batcher.ask(new, deadline, priority)
            _refuse_if_none_was_answered(answers, is_new=not known)
            known |= dict(zip(new, answers, strict=True))
        return [known[request] for request in requests]

    def _run(self, requests: Sequence[Asked]) -> list[Answer | TandemError]:
        """Answer one micro-batch, on the model's thread."""
        engine = self.loader.wait()
        started = self._clock()
        distinct = list(dict.fromkeys(requests))
        answers = dict(zip(distinct, engine.answer(distinct), strict=True))
        self.metrics.model_seconds.inc(self._clock() - started)
        self.metrics.batch.observe(len(requests))
        # Before anybody gets them, so that no answer that a caller has is computed again.
        self._cache.put({r: a for r, a in answers.items() if not isinstance(a, TandemError)})
        return [answers[request] for request in requests]


def _refuse_if_none_was_answered(answers: Sequence[Answer | TandemError], *, is_new: bool) -> None:
    late = [answer for answer in answers if isinstance(answer, RetryLater)]
    if is_new and len(late) == len(answers):
        raise RetryLater(
            "The backend is busy with other callers' texts",
            hint="Ask again after Retry-After seconds.",
            retry_after=late[0].retry_after,
        )
