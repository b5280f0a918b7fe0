"""What a model can do without: how much each layer, head and channel moves what it answers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.nn import ModuleList
from torch.nn.functional import cosine_similarity

from backend.compression.label_scores import label_log_probabilities
from backend.compression.pruning import ROUNDED_TO, Kept, heads_of
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from labeling.errors import EngineError
from labeling.mathtypes import Floats, Indices


@dataclass(frozen=True, slots=True)
class WidthImportance:
    """How much heads and channels move the score of the model's own answer.

    Attributes:
        heads: Of each query head, shape (layers, heads).
        channels: Of each channel of the MLP, shape (layers, channels).
    """

    heads: Floats
    channels: Floats


def layers_of(model: Any) -> ModuleList:
    """Find the decoder layers of a causal model.

    Raises:
        EngineError: There is no one list of as many layers as the configuration says.
    """
    count = model.config.num_hidden_layers
    lists = [one for one in model.modules() if isinstance(one, ModuleList) and len(one) == count]
    if not lists:
        raise EngineError(
            f"The layers of the architecture {model.config.model_type} cannot be found",
            where="model.name",
        )
    return lists[0]


def layer_importance(model: Any, prompts: Sequence[EncodedPrompt]) -> Floats:
    """Measure by how much each layer turns what it is given.

    This is the *block influence* of Men et al., "ShortGPT: Layers in Large Language Models are More
    Redundant Than You Expect" (arXiv 2403.03853, 2024).

    Args:
        model: A causal model of transformers.
        prompts: What it reads, one at least.

    Returns:
        1 less the mean cosine between a layer's input and output, over all tokens, shape (layers,):
        0 of a layer that changes nothing.
    """
    layers = layers_of(model)
    turned = np.zeros(len(layers))
    tokens = 0

    def listen(number: int) -> Any:
        def hook(_: Any, given: Any, named: Any, made: Any) -> None:
            before = given[0] if given else named["hidden_states"]
            after = made[0] if isinstance(made, tuple) else made
            cosine = cosine_similarity(before.float(), after.float(), dim=-1)
            turned[number] += float((1 - cosine).sum())

        return layers[number].register_forward_hook(hook, with_kwargs=True)

    hooks = [listen(number) for number in range(len(layers))]
    try:
        with torch.no_grad():
            for prompt in prompts:
                model(input_ids=_row(model, prompt), use_cache=False)
                tokens += len(prompt.context)
    finally:
        for hook in hooks:
            hook.remove()
    return turned / tokens


def width_importance(model: Any, prompts: Sequence[EncodedPrompt]) -> WidthImportance:
    """Measure by how much the score of the model's own answer would move without each part.

    To the first order that is the part's output times the gradient by it (Molchanov et al.,
    "Importance Estimation for Neural Network Pruning", CVPR 2019), here in magnitude, summed over
    a prompt's tokens, and the mean over the prompts.

    Args:
        model: A causal model of transformers, whose width may be cut.
        prompts: What it answers, with their labels, one at least.

    Returns:
        Of heads and channels, in nats.
    """
    layers: Sequence[Any] = [*layers_of(model)]
    heads = heads_of(model.config)
    count = len(layers)
    of_heads = np.zeros((count, heads.queries))
    of_channels = np.zeros((count, model.config.intermediate_size))
    for prompt in prompts:
        with _heard([layer.self_attn.o_proj for layer in layers]) as attended:
            with _heard([layer.mlp.down_proj for layer in layers]) as gated:
                own: Any = label_log_probabilities(model, prompt).max()
                own.backward()
            for number in range(count):
                moved = _moved(attended[number])
                of_heads[number] += np.abs(moved.reshape(heads.queries, -1).sum(axis=1))
                of_channels[number] += np.abs(_moved(gated[number]))
        model.zero_grad(set_to_none=True)
    return WidthImportance(of_heads / len(prompts), of_channels / len(prompts))


def keep_layers(importance: Floats, count: int) -> Kept:
    """Keep the most important layers.

    Args:
        importance: Of each layer, shape (layers,).
        count: How many are kept.

    Returns:
        What is left.
    """
    return Kept(_top(importance, count))


def keep_width(config: Any, importance: WidthImportance, share: float) -> Kept:
    """Keep the most important heads and channels of each layer, as many of each as of the next.

    Where several query heads read one head of keys and values, each such group keeps as many of its
    query heads; else whole heads go with their keys and values. transformers refuses a number of
    heads that does not divide the model's width, so that the nearest one that does is taken.

    Args:
        config: The model's configuration.
        importance: Of heads and channels.
        share: Share of heads and channels that is kept, in (0, 1].

    Returns:
        What is left.
    """
    heads, each = heads_of(config), heads_of(config).queries_each
    rows = importance.heads.reshape(-1, heads.key_values, each)
    channels = max(ROUNDED_TO, round(config.intermediate_size * share / ROUNDED_TO) * ROUNDED_TO)
    channels = min(channels, config.intermediate_size)
    if each > 1:
        left = _heads_left(config.hidden_size, heads.key_values, each, share)
        kept_heads = tuple(
            tuple(group * each + n for group, one in enumerate(row) for n in _top(one, left))
            for row in rows
        )
        key_values = None
    else:
        left = _heads_left(config.hidden_size, 1, heads.queries, share)
        kept_heads = tuple(_top(row[:, 0], left) for row in rows)
        key_values = kept_heads
    return Kept(
        tuple(range(config.num_hidden_layers)),
        kept_heads,
        key_values,
        tuple(_top(row, channels) for row in importance.channels),
    )


@contextmanager
def _heard(modules: Sequence[Any]) -> Iterator[list[list[torch.Tensor]]]:
    """Collect what modules are given, with its gradient, while the block runs."""
    heard: list[list[torch.Tensor]] = [[] for _ in modules]

    def listen(number: int) -> Any:
        def hook(_: Any, given: Any) -> None:
            if given[0].requires_grad:
                given[0].retain_grad()
                heard[number].append(given[0])

        return modules[number].register_forward_pre_hook(hook)

    hooks = [listen(number) for number in range(len(modules))]
    try:
        yield heard
    finally:
        for hook in hooks:
            hook.remove()


def _moved(heard: Sequence[torch.Tensor]) -> Floats:
    """Sum activation times gradient over sequences and tokens, shape (numbers,)."""
    total = torch.zeros(heard[0].shape[-1], dtype=torch.float64)
    for one in heard:
        if one.grad is not None:
            total += (one.detach() * one.grad).float().sum(dim=(0, 1)).cpu().double()
    found: Floats = total.numpy()
    return found


def _heads_left(width: int, groups: int, each: int, share: float) -> int:
    """Return how many heads of each group stay: the nearest number, of two such the larger one."""
    allowed = [left for left in range(1, each + 1) if width % (groups * left) == 0]
    return min(allowed or [each], key=lambda left: (abs(left - each * share), -left))


def _row(model: Any, prompt: EncodedPrompt) -> torch.Tensor:
    return torch.tensor([prompt.context], device=model.device)


def _top(importance: Floats, count: int) -> tuple[int, ...]:
    """Return the places of the largest, in order; of equals the first ones."""
    order: Indices = np.argsort(-importance, kind="stable")[:count]
    return tuple(sorted(order.tolist()))
