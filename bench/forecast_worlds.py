"""What forecasts are tried on: models whose confidence errs in many ways, reviewers who err too.

A world of `bench.worlds` says which labels are wrong and what is predicted of them; here this is
what the model believes before it learns. `model that learns` is the plain case: a model that is as
often wrong as one in ten to one in four, too sure of itself or not sure enough.
"""

from dataclasses import dataclass, replace

import numpy as np

from bench.deceptions import FrozenLabels, skewed
from bench.worlds import WORLDS
from labeling.mathtypes import Floats, Indices
from routing.guarantee.audit_test import Promise
from tandem.replay.beliefs import Beliefs
from tandem.replay.people import SimulatedPeople, erring

REVIEWERS = 5
SKILLS = (0.92, 0.99)
"""Reviewers of a campaign, each right with a probability drawn from this range."""

LEAST = 1e-3
"""No label is believed to be more certain than this leaves of 1."""

PLAIN = "model that learns"
MEAN_ERRORS = (0.08, 0.25)
TEMPERATURES = (0.5, 1.6)
LABELS = (2, 3, 5)

DECEPTIVE = (
    "calibrated",
    "10% over the bound",
    "50% over the bound",
    "constant, sure",
    "constant, doubtful",
    "errors in the safest",
)
"""Worlds of `bench.worlds` that campaigns are run in, at the sizes of the forecasts."""

WORLD_NAMES = (PLAIN, *DECEPTIVE)
"""All worlds that need no data."""


@dataclass(frozen=True, slots=True)
class ForecastWorld:
    """A kind of project.

    Attributes:
        name: One of `WORLD_NAMES`; else the name of a real set.
        whole: The real set that campaigns have random parts of; None: items are drawn.
    """

    name: str
    whole: Beliefs | None = None

    def beliefs(self, size: int, error: float, seed: int) -> Beliefs:
        """Draw what a model believes.

        Args:
            size: Items; a part of a real set is never larger than the set.
            error: The target error, which the deceptive worlds break.
            seed: Of items and model.

        Returns:
            Its beliefs before it learns, and the true labels.
        """
        rng = np.random.default_rng([seed, 5])
        if self.whole is not None:
            return _part(self.whole, rng.permutation(len(self.whole.gold))[:size])
        if self.name == PLAIN:
            return _plain(size, rng)
        makers = {world.name: world.labels for world in WORLDS}
        drawn = makers[self.name](rng, Promise(size, error, 0.05))
        return _believed(self.name, drawn, rng)


def people_of(beliefs: Beliefs, seed: int) -> SimulatedPeople:
    """Return simulated reviewers of items whose labels are known.

    Args:
        beliefs: The items.
        seed: Of their skills and mistakes.
    """
    skills = np.random.default_rng([seed, 3]).uniform(*SKILLS, REVIEWERS)
    labels = beliefs.log_probabilities.shape[1]
    return SimulatedPeople(erring(beliefs.gold, labels, skills.tolist(), seed), REVIEWERS)


def _part(whole: Beliefs, items: Indices) -> Beliefs:
    return replace(
        whole,
        log_probabilities=whole.log_probabilities[items],
        gold=whole.gold[items],
        embeddings=None if whole.embeddings is None else whole.embeddings[items],
    )


def _plain(size: int, rng: np.random.Generator) -> Beliefs:
    labels = int(rng.choice(LABELS))
    errors = skewed(rng, size, rng.uniform(*MEAN_ERRORS))
    errors = np.clip(errors, LEAST, 1 - 1 / labels)
    drawn = FrozenLabels(errors, rng.random(size) < errors)
    temperature = float(np.exp(rng.uniform(*np.log(TEMPERATURES))))
    return _believed(PLAIN, drawn, rng, labels, temperature)


def _believed(
    name: str,
    drawn: FrozenLabels,
    rng: np.random.Generator,
    labels: int = 3,
    temperature: float = 1.0,
) -> Beliefs:
    """Make beliefs of predicted errors: what is not the answer's is spread evenly."""
    items = len(drawn.errors)
    answers = rng.integers(0, labels, items)
    errors = np.clip(drawn.errors, LEAST, 1 - 1 / labels - LEAST)
    believed = np.repeat((errors / (labels - 1))[:, None], labels, axis=1)
    believed[np.arange(items), answers] = 1 - errors
    logs: Floats = np.log(believed) / temperature
    logs -= np.log(np.exp(logs).sum(axis=1, keepdims=True))
    other = (answers + rng.integers(1, labels, items)) % labels
    gold = np.where(drawn.is_wrong, other, answers).astype(np.intp)
    return Beliefs(name, "simulated", "simulated", logs, gold, None)
