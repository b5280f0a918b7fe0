"""A recipe: everything that decides what a project's tasks are answered, and its version."""

import hashlib
from dataclasses import dataclass, replace

from backend.confidence.methods import Method, methods_for
from backend.confidence.mix import Mix
from backend.engines import Identity
from backend.learning.state import Learned
from backend.prompts.builder import PromptBuilder, builder_for
from labeling.form import Form
from labeling.predictions import UNCALIBRATED, Provenance
from labeling.settings import Settings


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the tasks of one project are answered.

    Attributes:
        form: What the label config asks.
        builder: Builds the prompts.
        identity: The model.
        engine: The engine's name.
        methods: How the model's confidence is found; several are mixed.
        learned: What was learned under this very model, prompt and label config; or None.
        embedding: The embedding model that can be asked; None: there is none.
    """

    form: Form
    builder: PromptBuilder
    identity: Identity
    engine: str
    methods: tuple[Method, ...]
    learned: Learned | None = None
    embedding: Identity | None = None

    @property
    def basis(self) -> str:
        """SHA-256, in hex, over what scores come from: model, prompt, label config and methods."""
        methods = (method.digest for method in self.methods)
        return _digest(self.identity.digest, self.builder.digest, self.form.digest, *methods)

    @property
    def model_version(self) -> str:
        """The model's short name and 8 hex digits over all that moves a prediction."""
        fitted = self.learned.content if self.learned else ""
        judgement = self.learned.judgement if self.learned else None
        answering = "second opinion" if judgement and judgement.opinion else ""
        return f"{self.identity.name}-{_digest(self.basis, self.prior, fitted, answering)[:8]}"

    @property
    def prior(self) -> str:
        """Which correction of label priors is used, of the methods that take one; see `priors`."""
        if not any(method.takes_prior for method in self.methods):
            return "none"
        return "batch" if self.learned and self.learned.priors else "contextual"

    @property
    def mix(self) -> Mix:
        """How much each method counts."""
        judgement = self.learned.judgement if self.learned else None
        names = [method.name for method in self.methods]
        return (judgement and judgement.mix) or Mix.even(names)

    def provenance(self, *, truncated: bool, missing: float) -> Provenance:
        """Say how a prediction by this recipe comes to be."""
        judgement = self.learned.judgement if self.learned else None
        opinion = judgement.opinion if judgement else None
        return Provenance(
            engine=f"{self.engine}:{self.identity.name}",
            prompt=self.builder.digest[:12],
            prior=self.prior,
            calibrator=judgement.description if judgement else UNCALIBRATED,
            truncated=truncated,
            missing=missing,
            second_opinion=opinion.description if opinion else None,
        )


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
    builder = builder_for(
        form.control.candidates, settings.prompt, learned.instruction if learned else ""
    )
    methods = methods_for(builder, settings.confidence)
    recipe = Recipe(form, builder, identity, settings.model.engine, methods, embedding=embedding)
    if learned is None or learned.basis != recipe.basis:
        return recipe
    judgement = learned.judgement
    has_another = learned.embedding != (embedding and embedding.digest)
    if judgement and judgement.needs_embedding and has_another:
        learned = replace(learned, judgement=judgement.without_opinion())
    return replace(recipe, learned=learned)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
