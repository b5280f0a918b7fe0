"""What is won by betting that fewer errors are left than some number; see `audit_test`."""

from dataclasses import dataclass

import numpy as np

from labeling.mathtypes import Floats

SCALES = (0.7, 1.0, 1.4)
"""Ways to bet, in shares of the bet that is best if the predictions are right."""

LARGEST_LOSS = 0.95
"""The most that one audit can cost, as a share of the evidence so far."""


@dataclass(frozen=True, slots=True)
class Wealth:
    """What was won by betting that fewer errors are left than some number.

    Attributes:
        unchecked: Items that are still open.
        least: The fewest errors left that bets are placed against without care.
        bets: λ_t, shape (scales, audits), before they are kept small enough.
        largest: What X_t can be at most, shape (audits,).
        found_since: Errors found from audit t on, itself included, shape (audits,).
        x: X_t, shape (audits,).
    """

    unchecked: int
    least: int
    bets: Floats
    largest: Floats
    found_since: Floats
    x: Floats

    def against(self, errors_left: int) -> float:
        """Weigh the evidence against this many errors among the unchecked, in nats.

        From `least` on it is against any more of them as well.
        """
        if errors_left > self.unchecked:
            return float("inf")
        return float(averaged(np.log1p(self.gains(errors_left)).sum(axis=1)))

    def gains(self, errors_left: int) -> Floats:
        """Return what each bet wins, as a share of what was won before, shape (scales, audits)."""
        left = errors_left + self.found_since
        worst_loss = np.maximum(self.largest - np.minimum(left, self.least), 1e-9)
        gains: Floats = np.minimum(self.bets, LARGEST_LOSS / worst_loss) * (left - self.x)
        return gains


def averaged(logs: Floats) -> Floats:
    """Return the natural log of the mean over the ways to bet, given the logs by way.

    The ways are the first axis.
    """
    most = logs.max(axis=0)
    mean: Floats = most + np.log(np.exp(logs - most).mean(axis=0))
    return mean
