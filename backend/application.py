"""The running backend: its parts wired once, behind the verbs that its doors offer."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from backend import engines
from backend.annotator import annotator_of, require_annotator
from backend.classifiers.store import ClassifierStore
from backend.contests import Contests
from backend.distillation.packages import require_packages
from backend.distillation.token_vectors import token_vectors
from backend.embedding import Embed, Vector
from backend.engines import Engine
from backend.engines.model_client import ModelClient
from backend.engines.steps import run
from backend.learning.distil_control import distil_control
from backend.learning.training_set import TrainingSet
from backend.model_access import ModelAccess
from backend.model_specs import ModelSpecs, parsed
from backend.pipeline.model_spec import ModelSpec
from backend.pipeline.predictor import predict
from backend.pupil import Pupil
from backend.questions.judging import LabelJudge
from backend.runtime.admission import Admission
from backend.runtime.metrics import Metrics
from backend.runtime.priority_queue import Priority
from backend.teacher import Teacher
from backend.trained_versions import TrainedVersions
from backend.training.steps import steps_of
from backend.training.trainer import Trainer
from backend.versions.contest import LearnOutcome
from backend.versions.registry import VersionRegistry
from labeling.errors import TandemError
from labeling.predictions.prediction import Failure, Prediction
from labeling.protocol.annotate import AnnotateResponse
from labeling.protocol.judge import JudgedLabel, ProposedLabel
from labeling.settings.settings import Settings

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
        self.metrics = Metrics(
            lambda: self.model.load(),
            lambda: self.model.is_ready,
            lambda: self.model.paid,
            lambda: self.trainer.progress(),
        )
        self.model = ModelAccess(settings, load, self.metrics, clock)
        self.annotator = annotator_of(settings, load, self.metrics)
        self.versions = VersionRegistry(
            settings.data_dir / "learned", settings.learning.keep_versions
        )
        self.admission = Admission(settings.backend.threads, self.model.seconds_of_queue)
        self.trainer = Trainer(
            settings, lambda outcome: self.metrics.trainings.labels(outcome).inc(), clock
        )
        self.classifiers = ClassifierStore(self.trainer.artefacts)
        self.specs = ModelSpecs(settings, self.model, self.classifiers)
        self.contests = Contests(
            self.versions,
            self.trainer.artefacts,
            self.specs.with_state,
            self._ask,
            self.classifiers.classify,
            settings.learning.synthetic,
        )
        self.trained_versions = TrainedVersions(
            self.trainer,
            steps_of(settings.learning),
            self.contests,
            self.specs.with_state,
            self._ask_patiently if "examples" in settings.learning.train else None,
            settings.learning.student_loss,
            clock,
        )
        self.teacher = Teacher(self._ask, self.contests, self.trained_versions, clock)

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
        return self.specs.taught(label_config, self.versions.get(project))

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
        model, embed = self.model.within_budget(model_spec.questions, priority)
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
        """Put a known version in force, by an admin's word; see `Contests.use`."""
        return self.contests.use(project, name, partial(self.specs.blank, label_config))

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
            TandemError: See `backend.learning.distil_control`.
        """
        require_packages()
        from backend.distillation.folder import zipped

        teacher = self.model_spec(project, label_config)
        untaught = self.specs.blank(label_config, training_set.instruction)
        model, embed = self.model.within_budget(teacher.questions)
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
        model, _ = self.model.within_budget(())
        return run(judge.steps(labels, model.abilities(), with_reasons=with_reasons), model)

    def annotate(
        self, project: str | None, label_config: str, texts: Sequence[str]
    ) -> AnnotateResponse:
        """Ask the settings' annotator for the labels of texts; see `backend.annotator`.

        Args:
            project: Whose instruction it is told; None: none's.
            label_config: Asks for one choice of labels.
            texts: The texts.

        Returns:
            What it says of each, in order.

        Raises:
            RetryLater: See `predict`.
            EngineError: Its server is away.
            LabelConfigError: The label config asks for anything else.
            SettingsError: The settings name no annotator.
        """
        annotator, learned = require_annotator(self.annotator), self.versions.get(project)
        results = annotator.annotate(label_config, learned.instruction if learned else "", texts)
        return AnnotateResponse(model=annotator.name, results=results, paid=annotator.paid)

    def embed(self, texts: Sequence[str]) -> list[Vector | None] | None:
        """Encode texts within the time budget.

        Args:
            texts: The texts.

        Returns:
            For each, in order, its vector of length 1, shape (dims,), or None: there was no time,
            or it cannot be encoded. None where the settings name no embedding model.

        Raises:
            RetryLater: The embedding model is still loading.
            EngineError: It cannot be loaded.
        """
        _, embed = self.model.within_budget(())
        if embed is None:
            return None
        found = embed(texts)
        return [None if isinstance(one, TandemError) else one for one in found]

    def stop(self, seconds: float) -> None:
        """Refuse new work, and let callers get their answers for so long; then drop what waits.

        The micro-batch at hand is always ended and kept.
        """
        self.admission.close()
        self.trainer.stop()
        self.admission.wait_until_empty(seconds)
        self.model.stop()
        self.admission.wait_until_empty(SECONDS_TO_REPLY)

    def close(self) -> None:
        """Stop the model's thread, end what is trained, close the files, let go of the model."""
        self.model.stop()
        self.trainer.close()
        self.model.close()
        if self.annotator is not None:
            self.annotator.close()

    def pupil(self, project: str, label_config: str, training_set: TrainingSet) -> Pupil:
        """Return a project as it is asked before anything is learned; see `learn`."""
        blank = self.specs.blank(label_config, training_set.instruction)
        return Pupil(project, blank, training_set)

    def _ask(self, spec: ModelSpec) -> tuple[ModelClient, Embed | None]:
        return self.model.within_budget(spec.questions)

    def _ask_patiently(self, spec: ModelSpec) -> tuple[ModelClient, Embed | None]:
        return self.model.patiently(spec.questions)
