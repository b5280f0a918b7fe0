"""Healing: a pruned model learns by LoRA to say of the project's texts what the whole one says.

What is distilled is the distribution over the labels, by its Kullback-Leibler divergence (Hinton,
Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015); no answers of people are
needed. Adapters are merged into the weights afterwards, which must be no quantized ones: merging
rounds them anew.
"""

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict

from backend.compression.label_scores import label_log_probabilities
from backend.engines.transformers.encoding.encoded import EncodedPrompt
from labeling.errors import EngineError
from labeling.mathtypes import Floats, Indices

RANK = 16
LEARNING_RATE = 5e-4
BATCH = 8
"""Texts of one step."""
MOST_LABELS = 16
"""Labels of a text that are held against the original's in one step; of more, some are drawn. The
ratios of all follow from those of any, so that nothing is lost but time."""
HELD_OUT = 8
"""One text in so many is kept to tell whether it helps."""


@dataclass(frozen=True, slots=True)
class Healed:
    """What healing came to.

    Attributes:
        before: Mean divergence from the original on texts that it did not learn from, nats a text.
        after: The same, once healed; at most `before`.
        texts: Texts that it learned from.
        passes: How often it went through them, begun ones counted.
        seconds: What it took.
    """

    before: float
    after: float
    texts: int
    passes: int
    seconds: float


def heal(
    model: Any,
    prompts: Sequence[EncodedPrompt],
    original: Floats,
    *,
    passes: int = 3,
    seconds: float = float("inf"),
    seed: int = 0,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Any, Healed]:
    """Bring a pruned model nearer to the original; the nearest state that was seen is kept.

    Args:
        model: The pruned model, in floating point.
        prompts: The project's texts, two at least, encoded with their labels.
        original: The original's natural-log probabilities of the labels, shape (texts, labels).
        passes: How often the texts are gone through at most.
        seconds: After which no further step is begun; what was learned until then counts.
        seed: Of the order and of the adapters.
        clock: Returns the time, in seconds.

    Returns:
        The model, adapters merged, and how near it came.

    Raises:
        EngineError: The model is quantized.
    """
    if getattr(model, "is_quantized", False):
        raise EngineError(
            "A quantized model cannot be healed: adapters must not be merged into its weights",
            where="model.quantization",
            hint="Set model.quantization to none, prune, and quantize what comes of it.",
        )
    began = clock()
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    target = torch.tensor(original, dtype=torch.float32, device=model.device).log_softmax(dim=-1)
    order = rng.permutation(len(prompts))
    held, taught = np.split(order, [max(1, len(order) // HELD_OUT)])
    adapted = _with_adapters(model)
    weights = [weight for weight in adapted.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=LEARNING_RATE)

    def divergence() -> float:
        with torch.no_grad():
            found = [_divergence(adapted, prompts[n], target[n], None) for n in held]
        return float(torch.stack(found).mean())

    before = best = divergence()
    kept = _copy_of(adapted)
    begun = 0
    while begun < passes and clock() - began < seconds:
        begun += 1
        for step in _steps(rng.permutation(taught)):
            if clock() - began >= seconds:
                break
            for n in step:
                labels = _drawn(rng, target.shape[1])
                loss: Any = _divergence(adapted, prompts[n], target[n], labels) / len(step)
                loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            optimizer.zero_grad()
        now = divergence()
        if now < best:
            best, kept = now, _copy_of(adapted)
    set_peft_model_state_dict(adapted, kept)
    merged = adapted.merge_and_unload()
    return merged.eval(), Healed(before, best, len(taught), begun, clock() - began)


def _with_adapters(model: Any) -> Any:
    """Put an adapter that changes nothing yet beside every linear layer but the output's."""
    config = LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear")
    with warnings.catch_warnings():
        # peft asks transformers for an attribute by a name that is to go.
        warnings.simplefilter("ignore", FutureWarning)
        return get_peft_model(model, config)


def _divergence(
    model: Any, prompt: EncodedPrompt, target: torch.Tensor, labels: Sequence[int] | None
) -> torch.Tensor:
    """Return the divergence of the model's belief in labels from the original's, in nats."""
    wanted = target if labels is None else target[list(labels)].log_softmax(dim=-1)
    found = label_log_probabilities(model, prompt, labels).log_softmax(dim=-1)
    return torch.nn.functional.kl_div(found, wanted, log_target=True, reduction="sum")


def _drawn(rng: np.random.Generator, labels: int) -> list[int] | None:
    if labels <= MOST_LABELS:
        return None
    drawn: list[int] = rng.choice(labels, MOST_LABELS, replace=False).tolist()
    return drawn


def _steps(order: Indices) -> list[Indices]:
    return [order[start : start + BATCH] for start in range(0, len(order), BATCH)]


def _copy_of(adapted: Any) -> dict[str, torch.Tensor]:
    return {name: w.detach().clone() for name, w in get_peft_model_state_dict(adapted).items()}
