"""Weights into memory: device, number format and quantization by the settings."""

from importlib.util import find_spec
from typing import Any

import torch
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    BitsAndBytesConfig,
    PreTrainedTokenizerBase,
)
from transformers.utils import logging as library_log

from backend.engines import bundled
from backend.engines.device import pick_device, pick_dtype
from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings


def source_of(settings: ModelSettings) -> str:
    """Return what transformers loads: a folder, or a name of the Hub."""
    return str(bundled.converted_folder()) if settings.name == "bundled" else settings.name


def load(settings: ModelSettings) -> tuple[Any, PreTrainedTokenizerBase]:
    """Load the model, ready to answer, and its tokenizer.

    Raises:
        EngineError: It cannot be found or loaded.
    """
    # The library's lines go where all others go, instead of to stderr in a form of their own.
    library_log.disable_default_handler()
    library_log.enable_propagation()
    device = pick_device(settings)
    options: dict[str, Any] = {"dtype": pick_dtype(settings, device)}
    if settings.quantization != "none":
        options |= {
            "quantization_config": _quantization(settings, device),
            "device_map": {"": device},
        }
    source = source_of(settings)
    try:
        tokenizer = AutoTokenizer.from_pretrained(source)
        model = AutoModelForCausalLM.from_pretrained(source, **options)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:300]
        raise EngineError(
            f"The model cannot be loaded: {reason}",
            where=source,
            hint="Name a folder or a causal model of the Hub in model.name.",
        ) from error
    placed: Any = model
    if settings.quantization == "none":
        placed = placed.to(device)
    return placed.eval(), tokenizer


def weight_bytes(model: Any) -> int:
    """Return the bytes that a model's weights take, those that several layers share once.

    What bitsandbytes keeps beside its quantized weights, their scales, is not counted.
    """
    held = [*model.parameters(), *model.buffers()]
    return sum(one.numel() * one.element_size() for one in held)


def _quantization(settings: ModelSettings, device: torch.device) -> Any:
    if device.type != "cuda":
        raise EngineError(
            f"Quantization to {settings.quantization} needs CUDA, and the device is {device.type}",
            where="model.quantization",
            hint="Set model.quantization to none.",
        )
    if find_spec("bitsandbytes") is None:
        raise EngineError(
            "The package bitsandbytes is not installed",
            where="model.quantization",
            hint="Run: pip install 'label-studio-tandem[gpu]'",
        )
    bits = {f"load_in_{settings.quantization}": True}
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        **bits, bnb_4bit_compute_dtype=pick_dtype(settings, device)
    )
