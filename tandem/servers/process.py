"""A server in a process of its own: started, waited for, and ended with all that it started."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import httpx

from labeling.errors import TandemError
from labeling.private_files import make_private_file, make_private_folder

POLL_SECONDS = 0.2
STOP_SECONDS = 15.0
LOG_LINES = 5


class ServerProcess:
    """A server of this machine that answers `GET /health` once it is there.

    Args:
        name: What it is called in errors.
        command: The program and its arguments.
        log: The file that it logs to; made, with its folder, where it is missing.
        url: Its address.
        environment: The process's environment.
        folder: The folder that it runs in.
        start_seconds: How long it may take to answer.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        url: str,
        environment: Mapping[str, str],
        folder: Path,
        start_seconds: float,
    ) -> None:
        self.name = name
        self.command = command
        self.log = log
        self.url = url
        self.environment = environment
        self.folder = folder
        self.start_seconds = start_seconds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int | None:
        """The running process, which leads its group; None where none runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start it, and wait until it answers.

        Raises:
            TandemError: It stopped, or does not answer in time; what it logged last is told.
        """
        make_private_folder(self.log.parent)
        make_private_file(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self.command),
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait(self._process)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """End it and every process that it started; one that does not run is left so."""
        process, self._process = self._process, None
        if process is None:
            return
        _signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        finally:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + self.start_seconds
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise self._failed(f"{self.name} stopped while it started")
            try:
                if httpx.get(f"{self.url}/health", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
        raise self._failed(f"{self.name} did not start within {self.start_seconds:.0f} s")

    def _failed(self, what: str) -> TandemError:
        said = self.log.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:]
        return TandemError(f"{what}: {' / '.join(said)}", where=str(self.log))


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
