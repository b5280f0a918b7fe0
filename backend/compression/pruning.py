"""Structured pruning: layers, heads and channels are cut out; what is left is a plain model.

The tutorial's source is Wang, Wohlwend and Lei, "Structured Pruning of Large Language Models"
(EMNLP 2020). Every layer keeps the same number of heads and channels, so that the configuration can
say it, and transformers loads the folder without any code of ours.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import save_torch_state_dict
from transformers import PreTrainedTokenizerBase

from labeling.errors import EngineError

_OF_LAYER = re.compile(r"(?P<before>(?:.*\.)?(?:layers|h|blocks)\.)(?P<number>\d+)(?P<behind>\..+)")
"""The name of a layer's weight."""

SHARD = "5GB"
"""How large a file of weights may be."""

ROUNDED_TO = 8
"""Channels that are left are a multiple of this, which matrix multiplications like."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a model.

    Attributes:
        layers: Numbers of the layers, in order.
        heads: Of each of these layers, its query heads in order; None: all.
        key_values: Of each, the heads of keys and values that these read, in order; None: all.
        channels: Of each, the channels of its MLP, in order; None: all.
    """

    layers: tuple[int, ...]
    heads: tuple[tuple[int, ...], ...] | None = None
    key_values: tuple[tuple[int, ...], ...] | None = None
    channels: tuple[tuple[int, ...], ...] | None = None

    def of_layers(self, layers: Sequence[int]) -> "Kept":
        """Return the same, of some of its layers, given by their numbers in order."""
        at = [self.layers.index(layer) for layer in layers]

        def part(of: tuple[tuple[int, ...], ...] | None) -> tuple[tuple[int, ...], ...] | None:
            return None if of is None else tuple(of[place] for place in at)

        return Kept(tuple(layers), part(self.heads), part(self.key_values), part(self.channels))


@dataclass(frozen=True, slots=True)
class Heads:
    """The attention heads of a layer.

    Attributes:
        queries: Query heads.
        key_values: Heads of keys and values; as many query heads read each.
        size: Numbers in a head.
    """

    queries: int
    key_values: int
    size: int

    @property
    def queries_each(self) -> int:
        """Query heads that read one head of keys and values."""
        return self.queries // self.key_values


def heads_of(config: Any) -> Heads:
    """Return the heads that a configuration describes."""
    queries = int(config.num_attention_heads)
    key_values = getattr(config, "num_key_value_heads", None) or queries
    size = getattr(config, "head_dim", None) or config.hidden_size // queries
    return Heads(queries, int(key_values), int(size))


def require_prunable_width(config: Any, state: Mapping[str, Any]) -> None:
    """Check that heads and channels lie in a model as they can be cut out.

    Args:
        config: The model's configuration.
        state: Its weights, by name.

    Raises:
        EngineError: They lie otherwise.
    """
    named = {match["behind"] for name in state if (match := _OF_LAYER.fullmatch(name))}
    expected = [f".self_attn.{one}_proj.weight" for one in "qkvo"]
    expected += [f".mlp.{one}_proj.weight" for one in ("gate", "up", "down")]
    missing = [name for name in expected if name not in named]
    norms = [v for name, v in state.items() if name.endswith(("q_norm.weight", "k_norm.weight"))]
    if missing or any(norm.numel() != heads_of(config).size for norm in norms):
        raise EngineError(
            f"Heads and channels of the architecture {config.model_type} cannot be cut out",
            where="model.name",
            hint="Remove whole layers: --keep-layers N.",
        )


def pruned_config(config: Any, kept: Kept) -> Any:
    """Return the configuration of what is left.

    Args:
        config: The model's configuration.
        kept: What is left.

    Returns:
        A copy that says so; lists with an entry a layer keep those of the layers that are left.
    """
    found = deepcopy(config)
    count, heads = config.num_hidden_layers, heads_of(config)
    for name, value in config.to_dict().items():
        if "layer" in name and isinstance(value, list) and len(value) == count:
            setattr(found, name, [value[layer] for layer in kept.layers])
    found.num_hidden_layers = len(kept.layers)
    if kept.heads is not None:
        found.head_dim = heads.size
        found.num_attention_heads = len(kept.heads[0])
    if kept.key_values is not None:
        found.num_key_value_heads = len(kept.key_values[0])
    if kept.channels is not None:
        found.intermediate_size = len(kept.channels[0])
    return found


def pruned_state(
    config: Any, state: Mapping[str, torch.Tensor], kept: Kept
) -> dict[str, torch.Tensor]:
    """Return the weights of what is left.

    Args:
        config: The configuration of the whole model.
        state: Its weights, by name.
        kept: What is left.

    Returns:
        The weights by their new names; the layers are numbered anew.
    """
    places = {layer: place for place, layer in enumerate(kept.layers)}
    found: dict[str, torch.Tensor] = {}
    for name, weight in state.items():
        match = _OF_LAYER.fullmatch(name)
        if match is None:
            found[name] = weight
        elif int(match["number"]) in places:
            place = places[int(match["number"])]
            cut = _cut(match["behind"], weight, heads_of(config).size, kept, place)
            found[f"{match['before']}{place}{match['behind']}"] = cut
    return found


def write_folder(
    config: Any,
    state: Mapping[str, torch.Tensor],
    tokenizer: PreTrainedTokenizerBase,
    folder: Path,
) -> None:
    """Write a model as transformers loads it, its weights as safetensors.

    Args:
        config: The model's configuration.
        state: Its weights, by name.
        tokenizer: Its tokenizer.
        folder: Is there, and empty.
    """
    config.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    save_torch_state_dict(dict(state), folder, max_shard_size=SHARD, metadata={"format": "pt"})


def _cut(behind: str, weight: torch.Tensor, size: int, kept: Kept, place: int) -> torch.Tensor:
    """Cut one weight of a layer: rows of what makes heads or channels, columns of what reads them.

    Args:
        behind: Its name within the layer.
        weight: The weight, or a bias.
        size: Numbers in a head.
        kept: What is left.
        place: The layer's place among those that are left.
    """
    _, _, module = behind.removesuffix(".weight").removesuffix(".bias").rpartition(".")
    is_bias = behind.endswith(".bias")
    if kept.heads is not None and module in ("q_proj", "o_proj"):
        chosen = _of_heads(kept.heads[place], size)
    elif kept.key_values is not None and module in ("k_proj", "v_proj"):
        chosen = _of_heads(kept.key_values[place], size)
    elif kept.channels is not None and module in ("gate_proj", "up_proj", "down_proj"):
        chosen = list(kept.channels[place])
    else:
        return weight
    reads = module in ("o_proj", "down_proj")
    if reads and is_bias:
        return weight
    index = torch.tensor(chosen, device=weight.device)
    return weight.index_select(1 if reads else 0, index).contiguous()


def _of_heads(heads: Sequence[int], size: int) -> list[int]:
    return [head * size + number for head in heads for number in range(size)]
