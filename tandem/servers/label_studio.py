"""A Label Studio of one's own, with an administrator, in a process of its own."""

import json
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Self

from labeling.atomic_files import replacing
from labeling.errors import SettingsError
from labeling.private_files import make_private_folder
from routing.studio.users import personal_access_token
from tandem.servers.process import ServerProcess, free_port

EMAIL = "admin@localhost"
START_SECONDS = 240.0
"""A first start migrates an empty database: 30 to 50 s on two idle cores; a restart takes 5."""


class LabelStudioServer(ServerProcess):
    """Label Studio on SQLite at a loopback address, with an administrator.

    Args:
        venv: The virtual environment that Label Studio is installed in.
        data_dir: Where its database, its log and the administrator's credentials are kept; a
            folder that was used before goes on where it stopped.
        port: The port; 0: a free one.
        guarded: Whether it refuses to call addresses of this machine, as it does by default.

    Attributes:
        email: The administrator's.
    """

    def __init__(self, venv: Path, data_dir: Path, port: int = 0, *, guarded: bool = False) -> None:
        self.venv = venv
        self.data_dir = data_dir
        self.email = EMAIL
        port = port or free_port()
        url = f"http://127.0.0.1:{port}"
        program = venv / "bin" / "label-studio"
        make_private_folder(data_dir)
        super().__init__(
            "Label Studio",
            [
                str(program.absolute()),
                "start",
                "--no-browser",
                "--internal-host=127.0.0.1",
                f"--port={port}",
            ],
            log=data_dir / "label-studio.log",
            url=url,
            environment=self._environment(url, guarded=guarded),
            folder=data_dir,
            start_seconds=START_SECONDS,
        )

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

    def start(self) -> Self:
        """Start it, and wait until it answers.

        Raises:
            SettingsError: It is not installed there.
            TandemError: It stopped, or does not answer in time.
        """
        program = Path(self.command[0])
        if not program.exists():
            raise SettingsError(
                "Label Studio is not installed",
                where=str(program),
                hint="Make a virtual environment there and install label-studio in it;"
                " `make demo` does both.",
            )
        return super().start()

    @cached_property
    def _credentials(self) -> dict[str, str]:
        """Read the administrator's credentials, which are made once a data folder."""
        file = self.data_dir / "administrator.json"
        if not file.exists():
            made = {"password": secrets.token_urlsafe(12), "token": secrets.token_hex(20)}
            with replacing(file) as draft:
                draft.write_text(json.dumps(made), "utf-8")
        credentials: dict[str, str] = json.loads(file.read_text("utf-8"))
        return credentials

    def _environment(self, url: str, *, guarded: bool) -> dict[str, str]:
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
            "LABEL_STUDIO_HOST": url,
            "COLLECT_ANALYTICS": "false",
            "LATEST_VERSION_CHECK": "false",
            "SENTRY_DSN": "",
            "FRONTEND_SENTRY_DSN": "",
            "ML_BLOCK_LOCAL_IP": str(guarded).lower(),
            "SSRF_PROTECTION_ENABLED": str(guarded).lower(),
        }
