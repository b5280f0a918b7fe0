"""Weights into memory: device, number format and quantization by the settings."""

from importlib import import_module
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
    library_log.disable_progress_bar()  # type: ignore[no-untyped-call]
    device = pick_device(settings)
    options: dict[str, Any] = {"dtype": pick_dtype(settings, device)}
    if settings.quantization != "none":
        _require_quantization(settings, device)
    if settings.quantization != "none" and device.type == "cuda":
        options |= {"quantization_config": _on_cuda(settings, device), "device_map": {"": device}}
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
    elif device.type == "cpu":
        _to_int8(placed)
    return placed.eval(), tokenizer


def weight_bytes(model: Any) -> int:
    """Return the bytes that a model's weights take, those that several layers share once.

    What bitsandbytes keeps beside its quantized weights, their scales, is not counted.
    """
    return sum(_bytes_of(one) for one in (*model.parameters(), *model.buffers()))


def _bytes_of(weight: Any) -> int:
    """Return the bytes of a weight, or of the tensors that it is made of where it is quantized."""
    if hasattr(weight, "__tensor_flatten__"):
        names, _ = weight.__tensor_flatten__()
        return sum(_bytes_of(getattr(weight, name)) for name in names)
    return int(weight.numel() * weight.element_size())


def _require_quantization(settings: ModelSettings, device: torch.device) -> None:
    """Check that a device can hold weights as they are asked for.

    Raises:
        EngineError: It cannot, or the package that does it is not installed.
    """
    is_int8_on_cpu = device.type == "cpu" and settings.quantization == "8bit"
    if device.type != "cuda" and not is_int8_on_cpu:
        raise EngineError(
            f"Quantization to {settings.quantization} needs CUDA, and the device is {device.type}",
            where="model.quantization",
            hint="Set model.quantization to none.",
        )
    package, source = (
        ("torchao", "'label-studio-tandem[int8]'")
        if is_int8_on_cpu
        else ("bitsandbytes", "'label-studio-tandem[gpu]'")
    )
    if find_spec(package) is None:
        raise EngineError(
            f"The package {package} is not installed",
            where="model.quantization",
            hint=f"Run: pip install {source}",
        )


def _on_cuda(settings: ModelSettings, device: torch.device) -> Any:
    bits = {f"load_in_{settings.quantization}": True}
    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        **bits, bnb_4bit_compute_dtype=pick_dtype(settings, device)
    )


def _to_int8(model: Any) -> None:
    """Hold the weights of linear layers as int8, with a scale a row; what they read stays float."""
    torchao = import_module("torchao.quantization")
    torchao.quantize_(model, torchao.Int8WeightOnlyConfig())
