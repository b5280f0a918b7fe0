"""The service's own server, in a process of its own, over an engine that is there at once."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Flask

from backend.engines import Request, Scored
from backend.gunicorn.server import Server
from labeling.errors import EngineError
from labeling.settings.load import load
from tandem.servers.process import ServerProcess, free_port
from tests.support.even_engine import EvenEngine

START_SECONDS = 60.0

BODY_LIMIT = "EVEN_BACKEND_BODY_LIMIT"
"""Names, in the environment, the bytes of the largest body."""

KILLED_AT = "EVEN_BACKEND_KILLED_AT"
"""Names, in the environment, at which state's file that is written whole the worker is killed,
once, before that file takes its place: 1 is the first."""


class EvenBackend(ServerProcess):
    """`tandem serve` without a model, on a free port of this machine.

    Args:
        data_dir: Where its caches, learned states and log are kept.
        environment: What it finds in its environment beside what this process has.
    """

    def __init__(self, data_dir: Path, **environment: str) -> None:
        port = free_port()
        data_dir.mkdir(parents=True, exist_ok=True)
        super().__init__(
            "The ML backend",
            [sys.executable, "-m", "tests.support.even_backend"],
            log=data_dir / "backend.log",
            url=f"http://127.0.0.1:{port}",
            environment={
                **os.environ,
                "PYTHONPATH": ":".join([str(Path.cwd()), *sys.path]),
                "TANDEM_BACKEND__PORT": str(port),
                "TANDEM_DATA_DIR": str(data_dir.resolve()),
                "TANDEM_LEARNING__EMBEDDING": "null",
                "TANDEM_LEARNING__TRAIN": "[]",
                **environment,
            },
            folder=data_dir,
            start_seconds=START_SECONDS,
        )
        self.port = port


DEADLY_TEXT = "The worker is killed by this text, once."

_KILLED = Path("killed")
"""Is there once a worker was killed; in the server's folder."""


class DeadlyEngine(EvenEngine):
    """Finds all labels equally probable, and is killed by one text as it first reads it."""

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        if any(DEADLY_TEXT in request.context.text for request in requests):
            kill_once()
        return super().loglikelihood(requests)


class LimitedServer(Server):
    """The server, with limits that a test can reach."""

    def load(self) -> Flask:  # type: ignore[override]  # its stubs know no Flask
        app = super().load()
        if limit := os.environ.get(BODY_LIMIT):
            app.config["MAX_CONTENT_LENGTH"] = int(limit)
        return app


def kill_once() -> None:
    """Kill this process as SIGKILL does, unless one was killed before."""
    if not _KILLED.exists():
        _KILLED.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def kill_before_a_file_takes_its_place(environment: Mapping[str, str]) -> None:
    """Kill this process, once, as SIGKILL does, where `KILLED_AT` says."""
    number = int(environment.get(KILLED_AT, 0))
    seen = 0
    fsync = os.fsync

    def count(handle: int) -> None:
        nonlocal seen
        fsync(handle)
        seen += 1
        if seen == number:
            kill_once()

    os.fsync = count  # type: ignore[assignment]  # all here give it a number


if __name__ == "__main__":
    kill_before_a_file_takes_its_place(os.environ)
    LimitedServer(load(), lambda _: DeadlyEngine()).run()
