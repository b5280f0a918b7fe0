"""The demo's ML backend: `tandem serve` in a process of its own."""

import os
import sys
from pathlib import Path

from labeling.private_files import make_private_folder
from tandem.servers.process import ServerProcess, free_port

START_SECONDS = 60.0
"""Until it answers; its weights go on loading after that."""


class BackendServer(ServerProcess):
    """`tandem serve` on a free port of this machine, with the bundled model; trains nothing.

    Args:
        data_dir: Where its caches, learned states and log are kept.
        environment: What it finds in its environment beside what this process has.
    """

    def __init__(self, data_dir: Path, **environment: str) -> None:
        port = free_port()
        make_private_folder(data_dir)
        super().__init__(
            "The ML backend",
            [sys.executable, "-m", "tandem", "serve"],
            log=data_dir / "backend.log",
            url=f"http://127.0.0.1:{port}",
            environment={
                **os.environ,
                "TANDEM_BACKEND__PORT": str(port),
                "TANDEM_DATA_DIR": str(data_dir.resolve()),
                # A demo's answers are few, and it ends before a training would.
                "TANDEM_LEARNING__TRAIN": "[]",
                **environment,
            },
            folder=data_dir,
            start_seconds=START_SECONDS,
        )
