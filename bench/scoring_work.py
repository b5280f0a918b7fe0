"""What the scoring benchmark gives every contender to do: a prompt, real texts, and label sets."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from transformers import PreTrainedTokenizerBase

_GUIDELINES = (
    "You sort short news texts by what they are about. Read the whole text first; a headline may "
    "mislead. Choose the label that fits the main subject, not one that is mentioned in passing. "
    "Where two labels fit, choose the one that a reader would look under.\n\n"
)
_AFTER = "\nLabel:"
_NEWS = (" World", " Sports", " Business", " Science and technology")
_SUBJECTS = (
    "card payment",
    "card delivery",
    "cash withdrawal",
    "bank transfer",
    "top up",
    "exchange rate",
    "direct debit",
    "account balance",
    "identity check",
    "savings account",
    "mobile app",
    "phone number",
    "joint account",
    "business loan",
    "credit limit",
    "gift card",
    "refund request",
    "standing order",
    "foreign currency",
    "contactless payment",
    "travel insurance",
    "student account",
    "monthly statement",
    "virtual card",
    "cheque deposit",
)
_EVENTS = (
    "failed",
    "pending",
    "declined",
    "not recognised",
    "charged twice",
    "reverted",
    "fee charged",
    "limit reached",
    "wrong amount",
    "cancelled",
    "arrived late",
    "not received",
    "blocked",
    "expired",
    "needs a change",
    "by mistake",
    "in another country",
    "on a weekend",
    "for a minor",
    "explained",
)


@dataclass(frozen=True, slots=True)
class ScoringWork:
    """One setting of the benchmark.

    Attributes:
        before: What stands before every text.
        texts: The texts.
        after: What stands behind them.
        labels: What is scored behind that.
    """

    before: str
    texts: tuple[str, ...]
    after: str
    labels: tuple[str, ...]


def work(
    tokenizer: PreTrainedTokenizerBase, texts: Sequence[str], prefix: int, labels: int, items: int
) -> ScoringWork:
    """Make a setting.

    Args:
        tokenizer: Counts the prefix's tokens.
        texts: Real texts; the last ones stand in the prompt as examples.
        prefix: Tokens of guidelines and examples together.
        labels: How many labels.
        items: How many texts are scored.

    Returns:
        Texts, what stands before and after each, and the labels.
    """
    before = prompt_of(tokenizer, texts[-60:], prefix)
    return ScoringWork(before, tuple(texts[:items]), _AFTER, label_set(labels))


def label_set(count: int) -> tuple[str, ...]:
    """Return labels: the news sections up to four, else customers' concerns with shared stems."""
    if count <= len(_NEWS):
        return _NEWS[:count]
    concerns = [f" {subject} {event}" for subject, event in product(_SUBJECTS, _EVENTS)]
    return tuple(concerns[:: len(concerns) // count][:count])


def prompt_of(tokenizer: PreTrainedTokenizerBase, examples: Sequence[str], tokens: int) -> str:
    """Write guidelines and as many examples as fit, cut to a number of tokens.

    Args:
        tokenizer: Counts the tokens.
        examples: Texts that may stand in the prompt.
        tokens: How many tokens.

    Returns:
        The prompt.
    """
    shown = "".join(f"Text: {text}{_AFTER}{_NEWS[n % 4]}\n\n" for n, text in enumerate(examples))
    ids = tokenizer(_GUIDELINES + shown, add_special_tokens=False).input_ids
    end = tokenizer("\n\nText: ", add_special_tokens=False).input_ids
    return str(tokenizer.decode([*ids[: tokens - len(end)], *end]))


def read_texts(folder: Path) -> list[str]:
    """Read a folder's texts, in its order."""
    with (folder / "items.csv").open(encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]
