"""A sentence-transformers model beside low-rank adapters, the only weights that are tuned.

Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, by `peft`. What is kept
of it is about a megabyte.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

import numpy as np
import torch
from peft import LoraConfig, inject_adapter_in_model
from sentence_transformers import SentenceTransformer
from torch import Tensor
from torch.nn import functional

from backend.engines.device import multiplies_bfloat16
from labeling.mathtypes import Floats

MOST_TOKENS = 128
"""What is read of a text; longer ones are cut at their end."""

TOGETHER = 64
"""Texts that are encoded at once."""

_MARK = "lora_"


class TunedEncoder:
    """Encodes texts; its adapters change nothing until they are trained or loaded.

    Args:
        model: Becomes the tuned one: nobody else may use it.
        rank: Of the adapters.

    Raises:
        ValueError: It has no transformer that could be tuned.
    """

    def __init__(self, model: SentenceTransformer, rank: int) -> None:
        transformer = getattr(model[0], "auto_model", None)
        if not isinstance(transformer, torch.nn.Module):
            raise ValueError("the embedding model has no transformer that could be tuned")
        config = LoraConfig(
            r=rank, lora_alpha=2 * rank, target_modules="all-linear", exclude_modules=".*pooler.*"
        )
        inject_adapter_in_model(config, transformer)
        for name, weights in transformer.named_parameters():
            weights.requires_grad = _MARK in name
        self.model = model.eval()
        self.rank = rank
        self.device = torch.device(model.device)
        self._transformer = transformer
        self._most = min(MOST_TOKENS, model.max_seq_length or MOST_TOKENS)

    @property
    def adapter(self) -> dict[str, Tensor]:
        """Its trainable weights, by name."""
        named = self._transformer.named_parameters()
        return {name: weights for name, weights in named if weights.requires_grad}

    def load_adapter(self, weights: Mapping[str, Tensor]) -> None:
        """Take over adapters.

        Raises:
            ValueError: They are of another model, or of another rank.
        """
        own = self.adapter
        if {name: one.shape for name, one in own.items()} != {
            name: one.shape for name, one in weights.items()
        }:
            raise ValueError("the adapter is of another embedding model")
        with torch.no_grad():
            for name, one in own.items():
                one.copy_(weights[name])

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens are read of each text."""
        found = self.model.tokenizer(_readable(texts), truncation=True, max_length=self._most)
        return [len(one) for one in found["input_ids"]]

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Return embeddings of length 1 through which gradients flow, shape (texts, dims)."""
        tokens = self.model.tokenizer(
            _readable(texts),
            padding=True,
            truncation=True,
            max_length=self._most,
            return_tensors="pt",
        ).to(self.device)
        found: Tensor = self.model(dict(tokens))["sentence_embedding"]
        return functional.normalize(found.float(), dim=1)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return embeddings of length 1, shape (texts, dims); of one text at least.

        Texts of similar length are encoded together.
        """
        order = np.argsort(self.lengths(texts), kind="stable")
        sorted_ = [texts[place] for place in order]
        with torch.inference_mode():
            parts = [
                self(sorted_[start : start + TOGETHER]).double().cpu().numpy()
                for start in range(0, len(sorted_), TOGETHER)
            ]
        embeddings: Floats = np.concatenate(parts)[np.argsort(order)]
        return embeddings

    def fast(self) -> AbstractContextManager[object]:
        """Compute in bfloat16 where the machine multiplies it in hardware."""
        kind = self.device.type
        has_hardware = kind == "cuda" or (kind == "cpu" and multiplies_bfloat16())
        return torch.autocast(kind, torch.bfloat16, enabled=has_hardware)


def _readable(texts: Sequence[str]) -> list[str]:
    """Half of a surrogate pair, which JSON can bring, is no text to a tokenizer."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
