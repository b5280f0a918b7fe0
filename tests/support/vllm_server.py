"""A vLLM server on the CPU with the bundled model's weights, from its own environment."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from backend.engines.bundled import converted_folder
from bench.model_server import ModelServer

MODEL = "SmolLM2-135M-Instruct"
"""What the server calls its model."""

_PYTHON = Path(__file__).parents[2] / ".venv-vllm/bin/python"


class VllmServer(ModelServer):
    """vLLM, in float32, telling as many of the most probable tokens as it is asked for."""

    def __init__(self) -> None:
        super().__init__(soon=600.0)

    @property
    def command(self) -> Sequence[str]:
        options = {
            "--model": str(converted_folder()),
            "--served-model-name": MODEL,
            "--dtype": "float32",
            "--max-model-len": "2048",
            "--max-logprobs": "-1",
            "--port": str(self.port),
        }
        pairs = [part for pair in options.items() for part in pair]
        return [str(_PYTHON), "-m", "vllm.entrypoints.openai.api_server", *pairs]

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1"}
