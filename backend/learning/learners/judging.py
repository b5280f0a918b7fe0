"""A learner is judged on answers that it did not see, on the same folds as every other one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from backend.calibration.noisy_labels import folds
from backend.learning.learners.base import Learner, Progress, unheard
from backend.learning.material import Material
from labeling.mathtypes import Bools, Floats


@dataclass(frozen=True, slots=True)
class HeldOutBeliefs:
    """What a learner believes of answered texts, by the other answers.

    Attributes:
        probabilities: Shape (answers, labels); NaN in the rows that the time did not suffice for.
        seconds: What that took.
    """

    probabilities: Floats
    seconds: float

    @property
    def is_judged(self) -> Bools:
        """Which answers there is a belief of, shape (answers,)."""
        return np.asarray(np.isfinite(self.probabilities).all(axis=1), dtype=np.bool_)


def judge(
    learner: Learner,
    material: Material,
    clock: Callable[[], float],
    budget: float = np.inf,
    progress: Progress = unheard,
) -> HeldOutBeliefs:
    """Fit a learner without each part in turn, and ask it about that part.

    Args:
        learner: Who is judged.
        material: Its answers are cut into `FOLDS` parts.
        clock: Returns the time, in seconds.
        budget: Seconds after which no further part is begun; one always is.
        progress: Is told how far it is.

    Returns:
        What it believes of the parts that were reached.
    """
    began = clock()
    probabilities = np.full_like(material.answers.log_probabilities, np.nan)
    part = folds(len(material))
    numbers = np.unique(part)
    for done, number in enumerate(numbers):
        spent = clock() - began
        if done and spent + spent / done > budget:
            break
        held = part == number

        def within(share: float, done: int = done) -> None:
            progress((done + share) / len(numbers))

        learned = learner.fit(material.part(~held), within)
        probabilities[held] = learned(material.known.part(held))
    return HeldOutBeliefs(probabilities, clock() - began)
