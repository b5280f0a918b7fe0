"""Everything that decides what a project's tasks are answered, and its version."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.classifiers.store import READ_EMBEDDINGS
from backend.engines import Identity
from backend.questions.base import Question
from backend.questions.choice import ChoiceQuestion
from backend.questions.factory import QuestionFactory
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from labeling.hashing import digest_of
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """How the tasks of one project are answered.

    Attributes:
        form: What the label config asks.
        questions: How each control is put to the model, in the form's order.
        equivalence: Which answers say the same, and which controls count.
        identity: The model.
        learned: What was learned under this very model, prompt and label config; or None.
        embedding: The embedding model that can be asked; None: there is none.
    """

    form: Form
    questions: tuple[Question, ...]
    equivalence: Equivalence
    identity: Identity
    learned: LearnedState | None = None
    embedding: Identity | None = None

    @property
    def basis(self) -> str:
        """SHA-256, in hex, over what scores come from: model, questions and label config."""
        questions = (question.digest for question in self.questions)
        return digest_of(self.identity.digest, self.form.digest, *questions)

    @property
    def model_version(self) -> str:
        """The model's short name and 8 hex digits over all that moves a prediction."""
        fitted = self.learned.content if self.learned else ""
        with_head = (
            question.control.from_name
            for question in self.questions
            if (calibration := self.control_model(question).calibration) and calibration.head
        )
        parts = (self.basis, fitted, *self.priors.values(), *with_head, *self._learners)
        return f"{self.identity.name}-{digest_of(*parts)[:8]}"

    @property
    def _learners(self) -> list[str]:
        """What learners count, by their weights and weights on disk, and in which control."""
        students = [
            f"{question.control.from_name} {student.artefact} {student.threshold:.6g}"
            for question in self.questions
            if (student := self.control_model(question).student)
        ]
        return students + [
            f"{question.control.from_name} {name} {weight:.6g} {control_model.artefacts.get(name)}"
            for question in self.questions
            if (control_model := self.control_model(question)).calibration
            and (ensemble := control_model.calibration.ensemble)
            for name, weight in ensemble.weights.items()
        ]

    @property
    def priors(self) -> Mapping[str, str]:
        """Which correction of label priors is used, by control; see `confidence.priors`."""
        return {
            question.control.from_name: question.prior(self.control_model(question))
            for question in self.questions
            if isinstance(question, ChoiceQuestion)
        }

    @property
    def needs_embedding(self) -> bool:
        """Whether what was learned about any control reads embeddings."""
        controls = self.learned.controls.values() if self.learned else ()
        plans = self.learned.examples.values() if self.learned else ()
        return any(map(_needs_embedding, controls)) or any(one.needs_embedding for one in plans)

    def control_model(self, question: Question) -> ControlModel:
        """Return what was learned about a question's control; of nothing, an empty one."""
        controls = self.learned.controls if self.learned else {}
        return controls.get(question.control.from_name, ControlModel())


Specify: TypeAlias = Callable[[ModelSpec, LearnedState], ModelSpec]
"""Returns how tasks are answered, given a model spec of the form and a state."""


def build_model_spec(
    settings: Settings,
    identity: Identity,
    form: Form,
    learned: LearnedState | None,
    embedding: Identity | None = None,
    missing: Container[str] = (),
) -> ModelSpec:
    """Build the model spec of a project.

    Prompts show the examples that were learned, and `basis` is then theirs. What was fitted under
    another model, prompt, label config or method does not apply and is left out; the project's
    instruction always counts. Where another embedding model can be asked than then, what reads
    embeddings is left out too, and all where examples are picked by them; so are learners whose
    weights are missing, with all that was fitted behind them.

    Args:
        settings: The settings.
        identity: The model.
        form: What the label config asks.
        learned: What was learned about the project; None: nothing.
        embedding: The embedding model that can be asked; None: there is none.
        missing: Digests of artefacts that are not there.

    Returns:
        How its tasks are answered.

    Raises:
        SettingsError: The prompt's template or examples cannot be used.
    """
    equivalence = Equivalence(form, settings.controls)
    factory = QuestionFactory(
        form,
        settings,
        learned.instruction if learned else "",
        f"{settings.model.engine}:{identity.name}",
    )
    questions = tuple(factory.question(control) for control in form.controls)
    model_spec = ModelSpec(form, questions, equivalence, identity, embedding=embedding)
    if learned is None or learned.basis != model_spec.basis:
        return model_spec
    is_another = learned.embedding != (embedding and embedding.digest)
    plans = learned.examples
    if is_another and any(one.needs_embedding for one in plans.values()):
        return model_spec
    if plans:
        shown = (factory.question(one, plans.get(one.from_name)) for one in form.controls)
        model_spec = replace(model_spec, questions=tuple(shown))
    if is_another:
        learned = replace(
            learned,
            controls={name: _without_embedding(one) for name, one in learned.controls.items()},
        )
    whole = {name: one.without(missing) for name, one in learned.controls.items()}
    return replace(model_spec, learned=replace(learned, controls=whole))


def _needs_embedding(control_model: ControlModel) -> bool:
    return control_model.needs_embedding or not READ_EMBEDDINGS.isdisjoint(control_model.artefacts)


def _without_embedding(control_model: ControlModel) -> ControlModel:
    calibration = control_model.calibration
    if calibration and _needs_embedding(control_model):
        return replace(control_model, calibration=calibration.without_head(), artefacts={})
    return control_model
