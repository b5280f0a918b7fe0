"""The number format is the one that is asked for, and that the CPU can do."""

import pytest
import torch

from backend.engines.device import pick_dtype
from labeling.settings.model_sections import ModelSettings

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("asked", "is_fast", "expected"),
    [
        ("auto", True, torch.float32),
        ("fastest", True, torch.bfloat16),
        ("fastest", False, torch.float32),
        ("bfloat16", False, torch.bfloat16),
        ("float16", True, torch.float16),
    ],
)
def test_a_cpu_takes_bfloat16_where_it_is_asked_and_fast(
    asked: str, is_fast: bool, expected: torch.dtype
) -> None:
    settings = ModelSettings.model_validate({"dtype": asked})
    assert pick_dtype(settings, CPU, is_cpu_fast=lambda: is_fast) == expected
