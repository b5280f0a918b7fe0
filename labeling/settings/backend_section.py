"""The section `backend` of the settings: where the ML backend is, and how it serves."""

from pydantic import Field, SecretStr

from labeling.settings.section import SettingsSection


class BackendSettings(SettingsSection):
    """Where the ML backend is, and how it serves."""

    url: str = "http://localhost:9090"
    """How the controller reaches it."""
    url_for_studio: str | None = None
    """How Label Studio reaches it, where that differs from `url`."""
    host: str = "127.0.0.1"
    """The address that it listens on; `0.0.0.0`: all of its machine's."""
    port: int = Field(9090, ge=0, le=65535)
    """The port that it listens on."""
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
    def credentials(self) -> tuple[str, str] | None:
        """The user and the password of Basic auth; None: no auth."""
        if self.user is None:
            return None
        return self.user, self.password.get_secret_value() if self.password else ""
