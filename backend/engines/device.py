"""Where a model runs, and in which number format, by the settings and by what the machine has."""

from collections.abc import Callable
from typing import Any

import torch

from labeling.errors import EngineError
from labeling.settings.model_sections import ModelSettings


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
            hint="Set model.device to auto or cpu.",
        )
    return torch.device(settings.device)


def multiplies_bfloat16() -> bool:
    """Return whether this CPU has instructions for bfloat16: AVX-512 BF16 or AMX."""
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def pick_dtype(
    settings: ModelSettings,
    device: torch.device,
    is_cpu_fast: Callable[[], bool] = multiplies_bfloat16,
) -> torch.dtype:
    """Find the number format: the one asked for, or the one that suits the device.

    `auto` is bfloat16 or float16 on CUDA, and float32 elsewhere. `fastest` is the same but on a CPU
    that multiplies bfloat16 in hardware: there it is bfloat16, which is much slower on others.

    Args:
        settings: Say what is asked for.
        device: Where the model runs.
        is_cpu_fast: Returns whether this CPU multiplies bfloat16 in hardware.

    Returns:
        The number format.
    """
    if settings.dtype not in ("auto", "fastest"):
        found: torch.dtype = getattr(torch, settings.dtype)
        return found
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    is_fast = device.type == "cpu" and settings.dtype == "fastest" and is_cpu_fast()
    return torch.bfloat16 if is_fast else torch.float32
