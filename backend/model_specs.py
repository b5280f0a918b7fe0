"""How tasks are answered, by what is asked and what was learned; never waits for a model."""

from functools import lru_cache

from backend.calibration.learned_state import LearnedState
from backend.classifiers.store import ClassifierStore
from backend.model_access import ModelAccess
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from labeling.form.form import Form, parse
from labeling.settings.settings import Settings

parsed = lru_cache(maxsize=64)(parse)
"""`labeling.form.form.parse`, remembering the last label configs."""


class ModelSpecs:
    """Makes model specs. Each method raises LabelConfigError or SettingsError where it cannot.

    Args:
        settings: The settings.
        model: The model, and the embedding model beside it.
        classifiers: What labels texts without them, as far as it is there.
    """

    def __init__(
        self, settings: Settings, model: ModelAccess, classifiers: ClassifierStore
    ) -> None:
        self._settings = settings
        self._model = model
        self._classifiers = classifiers

    def taught(self, label_config: str, learned: LearnedState | None) -> ModelSpec:
        """Return how tasks are answered now.

        Args:
            label_config: What is asked.
            learned: What was learned; None: nothing.

        Returns:
            The model spec.
        """
        return self._of(parsed(label_config), learned)

    def blank(self, label_config: str, instruction: str) -> ModelSpec:
        """Return how tasks are answered under an instruction, nothing fitted yet."""
        return self._of(parsed(label_config), LearnedState(instruction=instruction))

    def with_state(self, spec: ModelSpec, learned: LearnedState) -> ModelSpec:
        """Return how the same tasks are answered by another state."""
        return self._of(spec.form, learned)

    def _of(self, form: Form, learned: LearnedState | None) -> ModelSpec:
        controls = learned.controls.values() if learned else ()
        artefacts = [digest for one in controls for digest in one.digests]
        return build_model_spec(
            self._settings,
            self._model.identity,
            form,
            learned,
            self._model.embedding,
            self._classifiers.missing(artefacts),
        )
