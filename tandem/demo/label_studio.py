"""A Label Studio of one's own: started, waited for, and ended with all that it started."""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from labeling.errors import SettingsError, StudioUnreachable
from routing.studio.users import personal_access_token

EMAIL = "admin@localhost"
START_SECONDS = 240.0
"""A first start migrates an empty database: 30 to 50 s on two idle cores; a restart takes 5."""
STOP_SECONDS = 15.0
POLL_SECONDS = 0.2
LOG_LINES = 5


class LabelStudioServer:
    """Label Studio on SQLite at a loopback address, with an administrator.

    Args:
        venv: The virtual environment that Label Studio is installed in.
        data_dir: Where its database, its log and the administrator's credentials are kept; a
            folder that was used before goes on where it stopped.
        port: The port; 0: a free one.
        guarded: Whether it refuses to call addresses of this machine, as it does by default.

    Attributes:
        url: Its address.
        email: The administrator's.
        log: The file that it logs to.
    """

    def __init__(self, venv: Path, data_dir: Path, port: int = 0, *, guarded: bool = False) -> None:
        self.venv = venv
        self.program = venv / "bin" / "label-studio"
        self.data_dir = data_dir
        self.guarded = guarded
        self.port = port or _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.email = EMAIL
        self.log = data_dir / "label-studio.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def token(self) -> str:
        """The administrator's legacy token, which this server accepts."""
        return self._credentials["token"]

    @property
    def password(self) -> str:
        """The administrator's password."""
        return self._credentials["password"]

    @cached_property
    def pat(self) -> str:
        """A personal access token of the administrator, made when first asked for."""
        return personal_access_token(self.url, self.email, self.password)

    @property
    def process_id(self) -> int | None:
        """The running server's process, which leads its group; None where none runs."""
        return self._process.pid if self._process else None

    def start(self) -> Self:
        """Start it, and wait until it answers.

        Raises:
            SettingsError: It is not installed there.
            StudioUnreachable: It stopped, or does not answer in time.
        """
        if not self.program.exists():
            raise SettingsError(
                "Label Studio is not installed", where=str(self.program), mend="Run: make demo"
            )
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(self.program),
                    "start",
                    "--no-browser",
                    "--internal-host=127.0.0.1",
                    f"--port={self.port}",
                ],
                env=self._environment(),
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
        """End it and every process that it started; a server that does not run is left so."""
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @cached_property
    def _credentials(self) -> dict[str, str]:
        """Read the administrator's credentials, which are made once a data folder."""
        file = self.data_dir / "administrator.json"
        if not file.exists():
            made = {"password": secrets.token_urlsafe(12), "token": secrets.token_hex(20)}
            self.data_dir.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(json.dumps(made), "utf-8")
        credentials: dict[str, str] = json.loads(file.read_text("utf-8"))
        return credentials

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LABEL_STUDIO_", "DJANGO_"))
        }
        return inherited | {
            "LABEL_STUDIO_USERNAME": self.email,
            "LABEL_STUDIO_PASSWORD": self.password,
            "LABEL_STUDIO_USER_TOKEN": self.token,
            "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
            "LABEL_STUDIO_BASE_DATA_DIR": str(self.data_dir.resolve()),
            "LABEL_STUDIO_HOST": self.url,
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "ML_BLOCK_LOCAL_IP": str(self.guarded).lower(),
            "SSRF_PROTECTION_ENABLED": str(self.guarded).lower(),
        }

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise self._failed("Label Studio stopped while it started")
            try:
                if httpx.get(f"{self.url}/health", timeout=5).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
        raise self._failed(f"Label Studio did not start within {START_SECONDS:.0f} s")

    def _failed(self, what: str) -> StudioUnreachable:
        said = self.log.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:]
        return StudioUnreachable(f"{what}: {' / '.join(said)}", where=str(self.log))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
