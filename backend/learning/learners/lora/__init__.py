"""Adapters for the engine's own model (LoRA), trained on people's answers.

Prompts become tokens (`examples`), the model runs them behind what they share (`packed_pass`) and
from the first adapted layer on (`frozen_layers`, `trainee`), one adapter is trained (`training`), a
few are tried (`search`), and the learner's contract is kept (`learner`).
"""

from backend.learning.learners.lora.learner import LoraLearned, LoraLearner
from backend.learning.learners.lora.model import load_trainee, trains_where

__all__ = ["LoraLearned", "LoraLearner", "load_trainee", "trains_where"]
