"""The demo's ML backend: `tandem serve` in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

STOP_SECONDS = 10.0


class BackendServer:
    """`tandem serve` on a free port of this machine, with the bundled model.

    Args:
        data_dir: Where its caches, learned states and log are kept.

    Attributes:
        url: Its address; it answers when the process has started, see `BackendClient.health`.
        log: The file that it logs to.
    """

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "backend.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it; weights go on loading after this returns."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tandem", "serve"],
                cwd=self.data_dir,
                env=os.environ
                | {
                    "TANDEM_BACKEND__PORT": str(self.port),
                    "TANDEM_DATA_DIR": str(self.data_dir.resolve()),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def stop(self) -> None:
        """End it and every process that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
