"""A recipe: everything that decides what a project's tasks are answered, and its version."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend.engines import Identity
from backend.learning.control_model import Taught
from backend.learning.state import Learned
from backend.questions.base import Question
from backend.questions.choice import LabelQuestion
from backend.questions.factory import Making
from labeling.answers.equivalence import Equivalence
from labeling.form.form import Form
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Recipe:
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
    learned: Learned | None = None
    embedding: Identity | None = None

    @property
    def basis(self) -> str:
        """SHA-256, in hex, over what scores come from: model, questions and label config."""
        questions = (question.digest for question in self.questions)
        return _digest(self.identity.digest, self.form.digest, *questions)

    @property
    def model_version(self) -> str:
        """The model's short name and 8 hex digits over all that moves a prediction."""
        fitted = self.learned.content if self.learned else ""
        with_opinion = (
            question.control.from_name
            for question in self.questions
            if (taught := self.taught(question)) and taught.judgement and taught.judgement.opinion
        )
        parts = (self.basis, fitted, *self.priors.values(), *with_opinion)
        return f"{self.identity.name}-{_digest(*parts)[:8]}"

    @property
    def priors(self) -> Mapping[str, str]:
        """Which correction of label priors is used, by control; see `confidence.priors`."""
        return {
            question.control.from_name: question.prior(self.taught(question) or Taught())
            for question in self.questions
            if isinstance(question, LabelQuestion)
        }

    def taught(self, question: Question) -> Taught | None:
        """Give what was taught about a control; None: nothing."""
        return self.learned.controls.get(question.control.from_name) if self.learned else None


def write_recipe(
    settings: Settings,
    identity: Identity,
    form: Form,
    learned: Learned | None,
    embedding: Identity | None = None,
) -> Recipe:
    """Write the recipe of a project.

    What was fitted under another model, prompt, label config or method does not apply and is left
    out; the project's instruction always counts. A second opinion that needs another embedding
    model than can be asked is left out too, with the last step behind it.

    Args:
        settings: The settings.
        identity: The model.
        form: What the label config asks.
        learned: What the project was taught; None: nothing.
        embedding: The embedding model that can be asked; None: there is none.

    Raises:
        SettingsError: The prompt's template or examples cannot be used.
    """
    equivalence = Equivalence(form, settings.controls)
    making = Making(
        form,
        settings,
        learned.instruction if learned else "",
        f"{settings.model.engine}:{identity.name}",
    )
    questions = tuple(making.question(control) for control in form.controls)
    recipe = Recipe(form, questions, equivalence, identity, embedding=embedding)
    if learned is None or learned.basis != recipe.basis:
        return recipe
    if learned.embedding != (embedding and embedding.digest):
        learned = replace(
            learned,
            controls={name: _without_embedding(one) for name, one in learned.controls.items()},
        )
    return replace(recipe, learned=learned)


def _without_embedding(taught: Taught) -> Taught:
    judgement = taught.judgement
    if judgement and judgement.needs_embedding:
        return replace(taught, judgement=judgement.without_opinion())
    return taught


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
