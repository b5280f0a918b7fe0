"""A model's HTTP server as a process of its own, there while a `with` block runs."""

import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Self

import httpx


class ModelServer:
    """Runs a server while its `with` block does.

    Args:
        soon: Seconds within which it has to be up.
    """

    def __init__(self, soon: float) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._soon = soon
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def command(self) -> Sequence[str]:
        """What starts it."""
        raise NotImplementedError

    @property
    def environment(self) -> Mapping[str, str] | None:
        """Its environment; None: this process's."""
        return None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
            start_new_session=True,
        )
        deadline = time.monotonic() + self._soon
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._stop()
                raise RuntimeError(f"{type(self).__name__} did not start")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(self._soon)

    def _is_up(self) -> bool:
        try:
            return httpx.get(f"{self.url}/models", timeout=1.0).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False
