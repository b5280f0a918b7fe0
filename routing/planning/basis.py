"""What forecasts rest on: an open population as it is known, or a frozen one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import AuditEvent, AuditTest
from routing.planning.error_draws import Calibration, ErrorDraws
from routing.planning.votes_needed import VotesPerTask

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Basis:
    """What is known of an open population, and what forecasts rest on.

    Attributes:
        errors: Predicted probability that the model's label is wrong, of each task that people
            were not asked about yet, shape (tasks,).
        size: Tasks of the population, answered ones included.
        risk: The probability with which the promise may be broken.
        votes: Human labels that a task takes.
        pilot: Tasks among those of `errors` that people get first, picked at random.
        owed: Human labels that asked tasks still take.
        calibration: What is known of how far the predicted errors are off.
        round_price: Needless labels that one round of waiting for audits less is worth.
        seed: Seed of the draws.
    """

    errors: Floats
    size: int
    risk: float
    votes: VotesPerTask = field(default_factory=VotesPerTask)
    pilot: int = 0
    owed: float = 0.0
    calibration: Calibration = field(default_factory=Calibration)
    round_price: float = 0.0
    seed: int = 0

    @property
    def everything(self) -> float:
        """Human labels that are still to come where people label all, without the model."""
        return self.owed + self.votes.mean * len(self.errors)

    @property
    def draws(self) -> ErrorDraws:
        """What the true errors may be, for plans."""
        rng = np.random.default_rng([self.seed, 0])
        return self.calibration.for_plans().draws(rng, slips=self.votes.slip)


@dataclass(frozen=True, eq=False)
class AuditBasis:
    """What is known of a frozen population, and what forecasts of its audits rest on.

    Attributes:
        audit_test: The population's.
        errors: Predicted error of every frozen label, by its place, shape (labels,).
        events: The checks in their order, the unanswered ones too, which count as right.
        waiting: Which of the events are not answered yet, as places among them.
        order: Places of the labels that nobody was asked about, in the order of the audits.
        votes: Human labels that a task takes.
        owed: Human labels that asked tasks still take.
        calibration: What is known of how far the predicted errors are off.
        round_price: Needless labels that one round of waiting for audits less is worth.
        seed: Seed of the draws.
    """

    audit_test: AuditTest
    errors: Floats
    events: Sequence[AuditEvent]
    waiting: Sequence[int]
    order: Indices
    votes: VotesPerTask = field(default_factory=VotesPerTask)
    owed: float = 0.0
    calibration: Calibration = field(default_factory=Calibration)
    round_price: float = 0.0
    seed: int = 0

    @property
    def everything(self) -> float:
        """Human labels that are still to come where people label all that is left."""
        return self.owed + float(self.votes.blind.mean()) * len(self.order)
