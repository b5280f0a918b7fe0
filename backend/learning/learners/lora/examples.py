"""What an adapter is trained on: prompts, and what should follow them, as text and as tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.engines import Prompt
from backend.engines.transformers.encoding.encoded import group_by_prefix
from backend.engines.transformers.encoding.encoder import PromptEncoder
from backend.engines.transformers.scoring.packing import ScoringItem
from backend.engines.transformers.scoring.trie import trie_of
from backend.engines.transformers.tokens import Tokens
from labeling.errors import EngineError


@dataclass(frozen=True, slots=True)
class SupervisedExample:
    """A prompt, and what people say should follow it.

    With several continuations, one is to be chosen: they compete by their scores. With one alone,
    it is to be written.

    Attributes:
        prompt: What the model reads.
        continuations: What may follow it.
        said: The share of each continuation in what people said; sums to 1.
        trust: The probability that what they said is right; a wrong choice is any other alike.
        weight: How much the example counts.
        priors: What is taken off each score before they compete, in nats; empty: nothing.
    """

    prompt: Prompt
    continuations: tuple[str, ...]
    said: tuple[float, ...]
    trust: float = 1.0
    weight: float = 1.0
    priors: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class EncodedExample:
    """An example as tokens.

    Attributes:
        place: Its place among the examples that were encoded.
        example: The example.
        prefix: The tokens that it shares with those it is run with.
        item: What stands behind them.
    """

    place: int
    example: SupervisedExample
    prefix: Tokens
    item: ScoringItem


def encode(encoder: PromptEncoder, examples: Sequence[SupervisedExample]) -> list[EncodedExample]:
    """Write examples as tokens; one that does not fit the model's context is left out.

    Args:
        encoder: The model's.
        examples: The examples.

    Returns:
        Those that fit, in order.
    """
    prompts = [one.prompt for one in examples]
    encoded = encoder.encode_all([(one.prompt, one.continuations) for one in examples])
    found: dict[int, EncodedExample] = {}
    for prefix, group in group_by_prefix(prompts, encoded):
        for place, one in group.items():
            item = ScoringItem(one.context[len(prefix) :], trie_of(one.continuations))
            found[place] = EncodedExample(place, examples[place], prefix, item)
    return [found[place] for place, one in enumerate(encoded) if not isinstance(one, EngineError)]
