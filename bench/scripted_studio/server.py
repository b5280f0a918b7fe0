"""A scripted Label Studio in a process of its own."""

import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from tandem.servers.process import ServerProcess, free_port

START_SECONDS = 600.0
"""One that begins with a million tasks has to make them first."""

PROGRAM = "bench.scripted_studio"


class ScriptedStudioServer(ServerProcess):
    """A scripted Label Studio on a free port of this machine, empty at first.

    Args:
        folder: Where it logs.
        program: The module that serves it, with what it wants beside port and token.

    Attributes:
        token: The administrator's legacy token.
    """

    def __init__(self, folder: Path, program: Sequence[str] = (PROGRAM,)) -> None:
        port, self.token = free_port(), secrets.token_hex(20)
        super().__init__(
            "The scripted Label Studio",
            [sys.executable, "-m", program[0], str(port), self.token, *program[1:]],
            log=folder / "scripted-studio.log",
            url=f"http://127.0.0.1:{port}",
            environment=os.environ,
            folder=Path.cwd(),
            start_seconds=START_SECONDS,
        )
