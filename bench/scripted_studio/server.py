"""A scripted Label Studio in a process of its own."""

import os
import secrets
import sys
from pathlib import Path

from tandem.servers.process import ServerProcess, free_port

START_SECONDS = 60.0


class ScriptedStudioServer(ServerProcess):
    """A scripted Label Studio on a free port of this machine, empty at first.

    Args:
        folder: Where it logs.

    Attributes:
        token: The administrator's legacy token.
    """

    def __init__(self, folder: Path) -> None:
        port, self.token = free_port(), secrets.token_hex(20)
        super().__init__(
            "The scripted Label Studio",
            [sys.executable, "-m", "bench.scripted_studio", str(port), self.token],
            log=folder / "scripted-studio.log",
            url=f"http://127.0.0.1:{port}",
            environment=os.environ,
            folder=Path.cwd(),
            start_seconds=START_SECONDS,
        )
