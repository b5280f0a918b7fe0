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

from backend.engines import bundled
from labeling.errors import EngineError
from labeling.settings import ModelSettings

_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention"}


def pick_device(settings: ModelSettings) -> torch.device:
    """Find the device: the one asked for, else CUDA, else MPS, else the CPU.

    Raises:
        EngineError: The device that was asked for is not there.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if settings.device == "auto":
        return torch.device(next(name for name, is_there in available.items() if is_there))
    if not available[settings.device]:
        raise EngineError(
            f"There is no {settings.device} device here",
            where="model.device",
            mend="Set model.device to auto or cpu.",
        )
    return torch.device(settings.device)


def pick_dtype(settings: ModelSettings, device: torch.device) -> torch.dtype:
    """Find the number format: the one asked for, else bfloat16 where CUDA has it, else float32."""
    if settings.dtype != "auto":
        found: torch.dtype = getattr(torch, settings.dtype)
        return found
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float32


def source_of(settings: ModelSettings) -> str:
    """Give what transformers loads: a folder, or a name of the Hub."""
    return str(bundled.converted_folder()) if settings.name == "bundled" else settings.name


def load(settings: ModelSettings) -> tuple[Any, PreTrainedTokenizerBase]:
    """Load the model, ready to answer, and its tokenizer.

    Raises:
        EngineError: It cannot be found or loaded, or is of a kind that cannot score in batches.
    """
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
            mend="Name a folder or a causal model of the Hub in model.name.",
        ) from error
    kinds = set(getattr(model.config.get_text_config(), "layer_types", None) or ())
    if kinds - _ATTENTION:
        raise EngineError(
            f"Layers of kind {', '.join(sorted(kinds - _ATTENTION))} cannot be scored in batches",
            where=source,
            mend="Name a model whose layers are all attention.",
        )
    placed: Any = model
    if settings.quantization == "none":
        placed = placed.to(device)
    return placed.eval(), tokenizer


def _quantization(settings: ModelSettings, device: torch.device) -> Any:
    if device.type != "cuda":
        raise EngineError(
            f"Quantization to {settings.quantization} needs CUDA, and the device is {device.type}",
            where="model.quantization",
            mend="Set model.quantization to none.",
        )
    if find_spec("bitsandbytes") is None:
        raise EngineError(
            "The package bitsandbytes is not installed",
            where="model.quantization",
            mend="Run: pip install 'label-studio-tandem[gpu]'",
        )
    bits = {f"load_in_{settings.quantization}": True}
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        **bits, bnb_4bit_compute_dtype=pick_dtype(settings, device)
    )
