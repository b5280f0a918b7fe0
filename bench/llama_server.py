"""llama.cpp's own HTTP server with the bundled model's weights, as a process of its own.

python -m bench.llama_server PORT CONTEXT SLOTS THREADS
"""

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
        threads: Cores that it computes on. More than one wait for each other without pause, which
            is slow where others use the cores, too.
    """

    def __init__(self, context: int = 8192, slots: int = 4, threads: int = 1) -> None:
        super().__init__(soon=60.0)
        self._arguments = [str(self.port), str(context), str(slots), str(threads)]

    @property
    def command(self) -> Sequence[str]:
        """This module as a program."""
        return [sys.executable, "-m", __name__, *self._arguments]


def serve(port: int, context: int, slots: int, threads: int) -> None:
    """Serve until killed.

    Args:
        port: The port.
        context: Tokens of all slots together.
        slots: Requests at a time.
        threads: Threads of the model.
    """
    import xllamacpp  # type: ignore[import-untyped]

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(wheel_folder() / GGUF_FILE)
    parameters.model_alias = {MODEL}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.n_ctx = context
    parameters.n_parallel = slots
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    server = xllamacpp.Server(parameters)
    signal.pause()
    del server


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
