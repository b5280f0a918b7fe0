"""What is won by betting against each number of wrong labels, a game a number; see `audit_test`."""

import numpy as np

MOST_GAMES = 1024
"""Games that are played at most; where labels are more, each stands for several numbers."""

LARGEST_LOSS = 0.99
"""The most that one audit can cost, as a share of what was won so far."""

BEYOND = 0.5
"""Nats beyond the needed ones that bets aim at. With none, what is needed would not come before the
planned end; with more, audits that come out well end sooner, and others prove a little less."""

LAST_SHARE = 0.02
"""Bets never hurry more than if this share of the planned audits were still to come."""


class Wealth:
    """What each game has won, a number of wrong labels each.

    Args:
        labels: Frozen labels; so many may be wrong at most.
        needed: Nats at which a game is won, and over.

    Attributes:
        logs: What was won, in nats, shape (games,).
        numbers: The smallest number of wrong labels that each game speaks against, ascending,
            shape (games,).
    """

    def __init__(self, labels: int, needed: float) -> None:
        self._needed = needed
        self._step = max(1, -(-labels // MOST_GAMES))
        self.numbers = np.arange(1, labels + 1, self._step, dtype=np.float64)
        self.logs = np.zeros(len(self.numbers))

    def bet(self, gone: int, x: float, largest: float, deviation: float, to_come: float) -> None:
        """Play one audit in every game that is not won.

        Args:
            gone: Wrong labels that are no longer open, those that nobody could tell of included.
            x: What the audit showed, X_t.
            largest: What it could have shown at most.
            deviation: Its standard deviation, if the predictions are right.
            to_come: Audits that are left to win in, this one included.
        """
        left = self.numbers - gone
        lacking = np.where(self.logs < self._needed, self._needed + BEYOND - self.logs, 0.0)
        bets = lacking * np.sqrt(2 / (1 + lacking)) / (deviation * np.sqrt(to_come))
        bets = np.minimum(bets, LARGEST_LOSS / np.maximum(largest - left, 1e-9))
        self.logs += np.log1p(bets * (left - x))

    def against(self, low: int, high: int) -> float:
        """Weigh the evidence against every number of wrong labels from `low` to `high`, in nats.

        Returns:
            The least that a game of these has won; infinite where there is no such number.
        """
        if low > high:
            return float("inf")
        return float(self.logs[self._game(low) : self._game(high) + 1].min())

    def highest(self, high: int) -> int:
        """Return the highest number of wrong labels up to `high` that is not ruled out; 0: none."""
        if high < 1:
            return 0
        standing = np.flatnonzero(self.logs[: self._game(high) + 1] < self._needed)
        if not len(standing):
            return 0
        return min(int(self.numbers[standing[-1]]) + self._step - 1, high)

    def _game(self, number: int) -> int:
        return (number - 1) // self._step
