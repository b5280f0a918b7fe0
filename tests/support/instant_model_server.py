"""The benchmarks' ML backend that answers at once, in a process of its own.

python -m tests.support.instant_model_server PORT
"""

import os
import sys
from pathlib import Path
from threading import Event

from bench.controller.model import InstantModel
from bench.serving import serving
from tandem.servers.process import ServerProcess, free_port

START_SECONDS = 120.0


class InstantModelServer(ServerProcess):
    """An instant ML backend on a free port of this machine.

    Args:
        folder: Where it logs.
    """

    def __init__(self, folder: Path) -> None:
        port = free_port()
        super().__init__(
            "The instant ML backend",
            [sys.executable, "-m", "tests.support.instant_model_server", str(port)],
            log=folder / "instant-model.log",
            url=f"http://127.0.0.1:{port}",
            environment=os.environ,
            folder=Path.cwd(),
            start_seconds=START_SECONDS,
        )


if __name__ == "__main__":
    with serving(InstantModel().application(), int(sys.argv[1])):
        Event().wait()
