"""llama.cpp's own HTTP server with the bundled model's weights, as a process of its own.

python -m tests.llama_server PORT
"""

import os
import signal
import socket
import subprocess
import sys
import time
from types import TracebackType

import httpx

from backend.engines.bundled import GGUF_FILE, wheel_folder

MODEL = "SmolLM2-135M-Instruct"
"""What the server calls its model."""

_SOON = 60.0


class LlamaServer:
    """Runs the server while its `with` block does.

    Args:
        context: Tokens that all its slots share.
        slots: Requests that it answers at one time.
    """

    def __init__(self, context: int = 8192, slots: int = 4) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}/v1"
        self._arguments = [str(self._port), str(context), str(slots)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "LlamaServer":
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, *self._arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _SOON
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("llama.cpp's server did not start")
            time.sleep(0.05)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process:
            self._process.kill()
            self._process.wait(_SOON)

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/models", timeout=1.0).status_code == 200
        except httpx.HTTPError:
            return False


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
