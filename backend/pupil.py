"""A project, as it is asked before anything is learned about it."""

from dataclasses import dataclass

from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec


@dataclass(frozen=True, slots=True)
class Pupil:
    """A project with all that it teaches.

    Attributes:
        project: Its id.
        blank: How its tasks are answered under its instruction, nothing fitted yet.
        training_set: Everything that it teaches.
    """

    project: str
    blank: ModelSpec
    training_set: TrainingSet
