"""Adapters for the engine's own model (LoRA), trained on people's answers.

Prompts become tokens (`examples`), the model runs them behind what they share (`packed_pass`) and
from the first adapted layer on (`frozen_layers`, `trainee`), one adapter is trained (`training`), a
few are tried (`search`), and the learner's contract is kept (`learner`).
"""

from backend.learning.learners.lora.learner import LoraLearned, LoraLearner
from backend.learning.learners.lora.model import load_trainee, trains_where
from labeling.settings.settings import Settings

__all__ = ["LoraLearned", "LoraLearner", "load_trainee", "new_lora", "trains_where"]

FITS = 12
"""Into how many fits the time for training is cut: one a fold and one on all answers, beside what
other learners need."""


def new_lora(settings: Settings) -> LoraLearner:
    """Make the learner of adapters for the settings' model.

    Raises:
        EngineError: The model cannot be loaded, is not at hand, or is of a kind that cannot be
            trained.
    """
    return LoraLearner(load_trainee(settings), settings.learning.train_seconds / FITS)
