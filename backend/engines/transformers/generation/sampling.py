"""The choice of the next token: one that the schema allows, the most probable or a sampled one."""

from collections.abc import Sequence

import numpy as np
import torch
from llguidance import LLMatcher
from torch import Tensor
from transformers import LogitsProcessor

from backend.engines.transformers.generation.sequence import GeneratedSequence


class SchemaConstraint(LogitsProcessor):
    """Masks the tokens that a text's schema forbids.

    A token that is a stop string is allowed where the text conforms as it stands, since many models
    end a line rather than a text.

    Args:
        sequences: The texts, one per row.
        width: Tokens of the prompts.
        ends: Tokens that end a text.
    """

    def __init__(
        self, sequences: Sequence[GeneratedSequence], width: int, ends: Sequence[int]
    ) -> None:
        self._width = width
        self._ends = list(ends)
        self._constrained = {
            row: (sequence.matcher, sequence.stops)
            for row, sequence in enumerate(sequences)
            if sequence.matcher is not None
        }

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Return scores in which the forbidden is -inf, shape (rows, vocabulary)."""
        if not self._constrained:
            return scores
        allowed = scores.clone()
        for row, (matcher, stops) in list(self._constrained.items()):
            if input_ids.shape[1] > self._width and not matcher.is_stopped():
                token = int(input_ids[row, -1])
                if not matcher.validate_tokens([token]):
                    # No such token is ever chosen: it fills up a row that has ended.
                    del self._constrained[row]
                    continue
                matcher.consume_token(token)
            if matcher.is_stopped():
                allowed[row] = -torch.inf
                allowed[row, self._ends or [0]] = 0.0
                continue
            forbidden = _forbidden(matcher, scores)
            if matcher.is_accepting():
                forbidden[stops] = False
            allowed[row, forbidden] = -torch.inf
        return allowed


class GumbelSampling(LogitsProcessor):
    """Adds Gumbel noise to the logits of the texts that are sampled.

    The largest of logits / temperature + Gumbel noise is a sample of their softmax (Maddison,
    Tarlow and Minka, "A* Sampling", 2014).

    Args:
        sequences: The texts, one per row.
    """

    def __init__(self, sequences: Sequence[GeneratedSequence]) -> None:
        self._sampled = [
            (row, sequence) for row, sequence in enumerate(sequences) if sequence.temperature > 0
        ]

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - what transformers calls it with
        """Return scores whose largest is the choice, shape (rows, vocabulary)."""
        if not self._sampled:
            return scores
        chosen = scores.float().clone()
        for row, sequence in self._sampled:
            uniform = torch.rand(scores.shape[1], generator=sequence.generator, dtype=torch.float64)
            noise = -(-uniform.clamp(min=1e-300).log()).log()
            chosen[row] = chosen[row] / sequence.temperature + noise.to(chosen)
        return chosen


def _forbidden(matcher: LLMatcher, scores: Tensor) -> Tensor:
    """Compute which tokens may not come next, shape (vocabulary,)."""
    bits = np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8)
    allowed = torch.from_numpy(np.unpackbits(bits, bitorder="little")).to(scores.device)
    return allowed[: scores.shape[1]] == 0
