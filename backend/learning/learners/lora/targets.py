"""Which of a model's weights an adapter is put beside: the matrices of its top decoder layers."""

from typing import Any

from peft import LoraConfig
from torch import nn
from transformers.pytorch_utils import Conv1D

from labeling.errors import EngineError


def decoder_layers(model: Any) -> nn.ModuleList:
    """Return a model's decoder layers, the one next to the embedding first.

    Raises:
        EngineError: It is not built of such layers.
    """
    count = model.config.get_text_config().num_hidden_layers
    for module in model.modules():
        if isinstance(module, nn.ModuleList) and len(module) == count:
            return module
    raise EngineError(
        f"No adapter can be trained for {type(model).__name__}: it is not built of decoder layers"
    )


def lora_config(model: Any, first: int, rank: int) -> LoraConfig:
    """Describe an adapter beside every matrix (attention and MLP) of the layers from one on.

    Args:
        model: A causal model of transformers, also a quantized one.
        first: The lowest layer that is adapted, counted from 0.
        rank: The adapter's rank.

    Returns:
        peft's description; its updates are scaled by 2, whatever the rank (alpha = 2 rank).

    Raises:
        EngineError: The model has no such matrices.
    """
    layers = decoder_layers(model)
    names = {
        name.rpartition(".")[2] if ".base_layer" not in name else name.split(".")[-2]
        for layer in layers
        for name, module in layer.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and "lora_" not in name
    }
    if not names:
        raise EngineError(f"{type(model).__name__} has no matrices that an adapter fits")
    return LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules=sorted(names),
        layers_to_transform=list(range(first, len(layers))),
        bias="none",
        task_type="CAUSAL_LM",
    )
