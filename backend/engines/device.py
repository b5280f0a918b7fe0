"""Where a model runs, and in which number format, by the settings and by what the machine has."""

import torch

from labeling.errors import EngineError
from labeling.settings import ModelSettings


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
    """Find the number format: the one asked for, else the fastest that the device has in hardware.

    On CUDA that is bfloat16, or float16 on older ones. On a CPU it is float32: bfloat16 is 9 times
    slower there without AMX, and still slower with it at sizes that fit the caches.
    """
    if settings.dtype != "auto":
        found: torch.dtype = getattr(torch, settings.dtype)
        return found
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float32
