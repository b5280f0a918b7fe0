"""What a run of writing may use, in tokens and money, over all times that it was gone on with."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.synthesis.generation.recipe import WrittenText


@dataclass(frozen=True, slots=True)
class Spending:
    """What was used.

    Attributes:
        read: Tokens of prompts.
        written: Tokens of texts.
    """

    read: int
    written: int

    @classmethod
    def of(cls, texts: Iterable[WrittenText]) -> "Spending":
        """Return what texts took."""
        taken = [(one.read, one.written) for one in texts]
        return cls(sum(read for read, _ in taken), sum(written for _, written in taken))

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(self.read + other.read, self.written + other.written)


@dataclass(frozen=True, slots=True)
class WritingBudget:
    """What may be used.

    Attributes:
        tokens: Tokens of prompts and texts together; None: any.
        money: In the currency of the prices; None: any.
        price_read: The price of a million tokens of prompts.
        price_written: The price of a million tokens of texts.
    """

    tokens: int | None = None
    money: float | None = None
    price_read: float = 0.0
    price_written: float = 0.0

    def cost(self, spending: Spending) -> float:
        """Return what so many tokens cost, in the currency of the prices."""
        price = spending.read * self.price_read + spending.written * self.price_written
        return price / 1_000_000

    def allows(self, spending: Spending) -> bool:
        """Return whether so much may be used."""
        tokens = spending.read + spending.written
        within_tokens = self.tokens is None or tokens <= self.tokens
        return within_tokens and (self.money is None or self.cost(spending) <= self.money)
