"""The budget of a run, in tokens and money: what might pass it is not asked for."""

from dataclasses import dataclass
from threading import Lock

from labeling.errors import EngineError
from labeling.settings.model_sections import ServerSettings


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of one call.

    Attributes:
        read: Tokens of the prompt.
        written: Tokens of the answer.
    """

    read: int
    written: int


class Budget:
    """Counts what calls use, and what those under way may use at most.

    Args:
        settings: Limits and prices.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._tokens = 0
        self._money = 0.0

    @property
    def tokens(self) -> int:
        """Tokens that were used, or are reserved."""
        with self._lock:
            return self._tokens

    @property
    def money(self) -> float:
        """Money that was spent, or is reserved, in the currency of the prices."""
        with self._lock:
            return self._money

    def reserve(self, most: TokenUsage) -> None:
        """Set aside what a call uses at most.

        Raises:
            EngineError: The budget might be passed.
        """
        tokens, money = most.read + most.written, self._price(most)
        limits = self._settings
        with self._lock:
            if limits.budget_tokens is not None and self._tokens + tokens > limits.budget_tokens:
                raise _spent(f"{limits.budget_tokens:,} tokens", "budget_tokens")
            if limits.budget_money is not None and self._money + money > limits.budget_money:
                raise _spent(f"{limits.budget_money:g}", "budget_money")
            self._tokens += tokens
            self._money += money

    def settle(self, most: TokenUsage, used: TokenUsage) -> None:
        """Replace what was set aside for a call by what it used.

        Args:
            most: What was set aside, as given to `reserve`.
            used: What the call used.
        """
        with self._lock:
            self._tokens += used.read + used.written - most.read - most.written
            self._money += self._price(used) - self._price(most)

    def _price(self, usage: TokenUsage) -> float:
        prices = self._settings
        read, written = usage.read * prices.price_read, usage.written * prices.price_written
        return (read + written) / 1e6


def _spent(limit: str, setting: str) -> EngineError:
    return EngineError(
        f"The server's budget of {limit} might be passed",
        where=f"server.{setting}",
        hint="Raise it and start again: what was answered is kept.",
    )
