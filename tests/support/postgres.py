"""A scratch PostgreSQL server: made in a folder, reached by a socket, and thrown away."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0
SYSTEM_USER = "postgres"
"""Who runs the server where we are root, whom PostgreSQL refuses."""


def find_programs() -> Path | None:
    """Find the folder that holds `initdb` and `postgres`; None where there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=True)
        folders.append(Path(told.stdout.strip()))
    return next((one for one in folders if (one / "initdb").exists()), None)


@contextmanager
def scratch_server(programs: Path) -> Iterator[Path]:
    """Run a server that trusts everyone on this machine, and yield the folder of its socket."""
    user = SYSTEM_USER if os.geteuid() == 0 else None
    # A socket's path has to be short, so the folder does not lie below pytest's own.
    folder = Path(tempfile.mkdtemp(prefix="tandem-pg-"))
    if user:
        shutil.chown(folder, user, user)
    data = folder / "data"
    try:
        initdb = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--no-sync",
        ]
        subprocess.run(initdb, check=True, capture_output=True, user=user, cwd=folder)
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-k", str(folder)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                user=user,
                cwd=folder,
            )
        try:
            _wait(programs, folder)
            yield folder
        finally:
            server.send_signal(signal.SIGINT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(programs: Path, folder: Path, name: str) -> str:
    """Create an empty database, and return its SQLAlchemy URL."""
    createdb = [str(programs / "createdb"), "-h", str(folder), "-U", "postgres", name]
    subprocess.run(createdb, check=True, capture_output=True)
    return f"postgresql+psycopg://postgres@/{name}?host={folder}"


def _wait(programs: Path, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        ready = subprocess.run([str(programs / "pg_isready"), "-q", "-h", str(folder)], check=False)
        if ready.returncode == 0:
            return
        time.sleep(0.1)
    raise TimeoutError((folder / "log").read_text())
