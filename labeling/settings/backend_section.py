"""The section `backend` of the settings: where the ML backend is, and how it serves."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from labeling.settings.section import SettingsSection

USUAL_PORT = 9090
"""The port of ML backends, by Label Studio's own examples."""


class BackendSettings(SettingsSection):
    """Where the ML backend is, and how it serves."""

    url: str = "http://localhost:9090"
    """How the controller reaches it."""
    url_for_studio: str | None = None
    """How Label Studio reaches it, where that differs from `url`."""
    host: str = "127.0.0.1"
    """The address that it listens on; `0.0.0.0`: all of its machine's."""
    port: int | None = Field(None, ge=0, le=65535)
    """The port that it listens on; null: that of `url` where it is an `http://` address of this
    machine, else 9090."""
    user: str | None = None
    """Basic auth, with `password`; null: no auth."""
    password: SecretStr | None = None
    """The password of `user`."""
    threads: int = Field(64, ge=1)
    """Callers that may wait for the model at one time."""
    connections: int = Field(256, ge=1)
    """Requests that are read, answered or waited for at one time; other callers wait to be heard.
    Never fewer than `threads` and a few for `/health`."""
    header_timeout: float = Field(10.0, gt=0)
    """Seconds in which a request's head must have arrived."""
    body_timeout: float = Field(120.0, gt=0)
    """Seconds in which a request's body must have arrived, and its answer have been taken."""
    queue_tokens: int = Field(1 << 20, ge=1)
    """Tokens of texts that may wait for the model; callers beyond are told when to ask again."""
    cache_bytes: int = Field(2 << 30, ge=1 << 20)
    """The size of the answers' cache; the least recently used go."""
    predict_budget: float = Field(90.0, gt=0)
    """Seconds that a `/predict` may take, below Label Studio's own limit of 100."""

    @property
    def local_port(self) -> int | None:
        """The port of this machine that `url` leads to by itself; None: it leads elsewhere."""
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            return None
        is_plain = parts.scheme == "http" and not parts.path.strip("/")
        return port if is_plain and _is_this_machine(parts.hostname or "") else None

    @property
    def listening_port(self) -> int:
        """The port that `tandem serve` listens on."""
        return (self.local_port or USUAL_PORT) if self.port is None else self.port

    @property
    def credentials(self) -> tuple[str, str] | None:
        """The user and the password of Basic auth; None: no auth."""
        if self.user is None:
            return None
        return self.user, self.password.get_secret_value() if self.password else ""


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
