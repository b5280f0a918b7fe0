"""llama.cpp's own HTTP server with the bundled model's weights, as a process of its own.

python -m bench.llama_server PORT
"""

import os
import signal
import sys
from collections.abc import Sequence

from backend.engines.bundled import GGUF_FILE, wheel_folder
from bench.model_server import ModelServer

MODEL = "SmolLM2-135M-Instruct"
"""What the server calls its model."""


class LlamaServer(ModelServer):
    """llama.cpp's server.

    Args:
        context: Tokens that all its slots share.
        slots: Requests that it answers at one time.
    """

    def __init__(self, context: int = 8192, slots: int = 4) -> None:
        super().__init__(soon=60.0)
        self._arguments = [str(self.port), str(context), str(slots)]

    @property
    def command(self) -> Sequence[str]:
        """This module as a program."""
        return [sys.executable, "-m", __name__, *self._arguments]


def serve(port: int, context: int, slots: int) -> None:
    """Serve until killed."""
    import xllamacpp  # type: ignore[import-untyped]

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(wheel_folder() / GGUF_FILE)
    parameters.model_alias = {MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = context
    parameters.n_parallel = slots
    parameters.cpuparams.n_threads = os.cpu_count() or 2
    parameters.cpuparams_batch.n_threads = os.cpu_count() or 2
    server = xllamacpp.Server(parameters)
    signal.pause()
    del server


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
