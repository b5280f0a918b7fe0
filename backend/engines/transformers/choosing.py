"""The choice of the next token: the most probable one, or one at random that a seed repeats."""

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import LogitsProcessor

from backend.engines.base import GenerateRequest


class Sampling(LogitsProcessor):
    """Adds Gumbel noise to the logits of the rows that are sampled.

    The largest of logits / temperature + Gumbel noise is a sample of their softmax (Maddison,
    Tarlow and Minka, "A* Sampling", 2014). Each row has a generator of its own, so that what is
    sampled hangs on its seed alone and not on the company in the batch.

    Args:
        requests: One a row.
    """

    def __init__(self, requests: Sequence[GenerateRequest]) -> None:
        self._rows = [
            (row, request.temperature, torch.Generator().manual_seed(request.seed))
            for row, request in enumerate(requests)
            if request.temperature > 0
        ]

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - what transformers calls it with
        """Give scores whose largest is the choice, shape (rows, vocabulary)."""
        if not self._rows:
            return scores
        chosen = scores.float().clone()
        for row, temperature, generator in self._rows:
            uniform = torch.rand(scores.shape[1], generator=generator, dtype=torch.float64)
            noise = -(-uniform.clamp(min=1e-300).log()).log()
            chosen[row] = chosen[row] / temperature + noise.to(chosen)
        return chosen
