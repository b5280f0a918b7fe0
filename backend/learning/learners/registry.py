"""The learners that training tries, by name, the cheapest first; imported when asked for."""

from collections.abc import Mapping, Sequence
from importlib import import_module

from backend.learning.learners.base import Learner
from labeling.errors import SettingsError
from labeling.settings.model_sections import LearnerName
from labeling.settings.settings import Settings

LEARNERS: Mapping[str, str] = {
    "prototypes": "backend.learning.learners.prototypes:new_prototypes",
    "words": "backend.learning.learners.words:new_words",
    "synthetic": "backend.learning.learners.synthetic:new_synthetic",
    "tuned-embedding": "backend.learning.learners.tuned_embedding:new_tuned_embedding",
    "lora": "backend.learning.learners.lora:new_lora",
    "student": "backend.learning.learners.student:new_student",
}
"""What makes each learner of the settings, as `module:function`, from the cheapest on."""

AUTO: Sequence[LearnerName] = ("prototypes", "words", "tuned-embedding")
"""What is tried unless the settings say otherwise. An adapter takes minutes on a CPU, and a second
copy of the language model on a GPU, so that it has to be named."""


def chosen(train: Sequence[LearnerName]) -> dict[str, str]:
    """Return what makes each learner that the settings choose, by name, in order.

    Examples in the prompt are none of them: they are chosen by asking the running engine.
    """
    names = [one for name in train for one in (AUTO if name == "auto" else (name,))]
    return {name: LEARNERS[name] for name in names if name in LEARNERS}


def new_learner(where: str, settings: Settings) -> Learner:
    """Import what makes a learner, and make it.

    Args:
        where: `module:function`; the function takes the settings.
        settings: What the learner may ask.

    Returns:
        The learner.

    Raises:
        SettingsError: What it needs is not installed, or there is no such function.
    """
    module, _, function = where.partition(":")
    try:
        make = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"What the learner needs is not installed: {error}",
            where=where,
            hint="Install it, or leave the learner out of learning.train.",
        ) from error
    learner: Learner = make(settings)
    return learner
