"""A model that adapters are trained on: it runs batches of examples under one of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig
from peft.functional import get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from backend.engines.adapter_folder import WEIGHTS, write_base
from backend.engines.transformers.adapters import (
    add_adapter,
    remove_adapter,
    set_weights,
    use_adapter,
)
from backend.engines.transformers.encoding.encoder import PromptEncoder
from backend.engines.transformers.scoring.attention import packed_attention
from backend.learning.learners.lora.examples import EncodedExample
from backend.learning.learners.lora.frozen_layers import FrozenLayers
from backend.learning.learners.lora.packed_pass import TrainingPass, label_scores, run
from backend.learning.learners.lora.targets import decoder_layers, lora_config

Weights = dict[str, Tensor]
"""An adapter's weights, as peft names them in a file."""

_FILE_PREFIX = "base_model.model."
"""What peft writes before the names of weights."""


class Trainee:
    """A model, its frozen layers, and the adapters that are tried on it.

    Args:
        model: A causal model of transformers, in evaluation mode.
        tokenizer: Its tokenizer.
        base: Its digest, which is kept beside what is saved.
        context_tokens: The longest sequence.
        trained_layers: How many of the top layers get an adapter; None: all.
        kept_bytes: What may be kept of the output of the layers below.
        recomputes: Whether layers are computed again for their gradients, rather than what they
            made kept: less memory for more time.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        base: str,
        *,
        context_tokens: int,
        trained_layers: int | None = None,
        kept_bytes: int = 1 << 30,
        recomputes: bool = False,
    ) -> None:
        layers = len(decoder_layers(model))
        self.first = max(0, layers - (trained_layers or layers))
        """The lowest layer with an adapter, counted from 0."""
        self.base = base
        self.encoder = PromptEncoder(tokenizer, context_tokens)
        self._model = model
        self._frozen = FrozenLayers(model, self.first, kept_bytes)
        self._recomputes = recomputes
        model.requires_grad_(False)
        if recomputes:
            # transformers' name for it changed with version 5.
            name = "activation_checkpointing_enable"
            enable = getattr(model, name, None) or model.gradient_checkpointing_enable
            enable({"use_reentrant": False})

    def begin(self, name: str, rank: int, seed: int) -> list[Tensor]:
        """Put a new adapter on the model, and at work.

        Args:
            name: How it is called.
            rank: Its rank.
            seed: Of its first weights.

        Returns:
            Its parameters, in float32.
        """
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            add_adapter(self._model, name, lora_config(self._model, self.first, rank))
        found = []
        for key, parameter in self._model.named_parameters():
            if "lora_" in key and f".{name}." in key:
                parameter.requires_grad_(True)
                found.append(parameter)
        return found

    @contextmanager
    def scores(
        self, adapter: str | None, batch: Sequence[EncodedExample]
    ) -> Iterator[list[tuple[EncodedExample, Tensor]]]:
        """Score examples that share a prefix; gradients are to be taken within the block.

        Args:
            adapter: The adapter at work; None: the base alone.
            batch: The examples.

        Yields:
            Each example with the natural-log probabilities of its continuations.
        """
        laid = sorted(batch, key=lambda one: (len(one.item.tokens), id(one.item.trie)))
        prefix, items = laid[0].prefix, [one.item for one in laid]
        this = TrainingPass.of(prefix, items, self._model.device)
        with self._frozen.skipped(prefix, items), packed_attention(self._model, this):
            trains = torch.is_grad_enabled()
            use_adapter(self._model, adapter, trains=trains)
            self._model.train(trains and self._recomputes)  # the one way to have it recompute
            try:
                logits = run(self._model, this)
                yield list(zip(laid, label_scores(this, items, logits), strict=True))
            finally:
                self._model.eval()

    def weights(self, name: str) -> Weights:
        """Copy an adapter's weights."""
        found = get_peft_model_state_dict(self._model, adapter_name=name)
        return {key: value.detach().clone().cpu() for key, value in found.items()}

    def config(self, name: str) -> LoraConfig:
        """Return what peft knows of an adapter."""
        config: LoraConfig = self._model.peft_config[name]
        return config

    def remove(self, name: str) -> None:
        """Take an adapter off the model."""
        remove_adapter(self._model, name)

    @contextmanager
    def wearing(self, name: str, config: LoraConfig, weights: Weights) -> Iterator[None]:
        """Put a trained adapter on the model while a block runs.

        Args:
            name: How it is called meanwhile.
            config: Its shape.
            weights: Its weights.

        Yields:
            Nothing; the adapter can be named meanwhile.
        """
        set_weights(self._model, name, config, weights)
        try:
            yield
        finally:
            self.remove(name)


def save_adapter(folder: Path, config: LoraConfig, weights: Weights, base: str) -> None:
    """Write an adapter as peft does, as safetensors alone, and which model it belongs to.

    Args:
        folder: A folder that is there.
        config: The adapter's shape.
        weights: Its weights.
        base: The digest of its model.
    """
    named = {f"{_FILE_PREFIX}{key}": value.contiguous() for key, value in weights.items()}
    save_file(named, folder / WEIGHTS, metadata={"format": "pt"})
    config.save_pretrained(str(folder))
    write_base(folder, base)
