"""Checks of the ML backend as this machine reaches it: there, its model, its version."""

from collections.abc import Iterator, Sequence

from labeling.form.form import Form
from labeling.protocol.health import HealthResponse
from labeling.settings.backend_section import BackendSettings
from routing.model.client import BackendClient
from tandem.doctor.findings import Check, Finding, attempt


def check_port(backend: BackendSettings) -> Iterator[Finding]:
    """Check whether `tandem serve` would listen where `backend.url` leads, on this machine."""
    local, port = backend.local_port, backend.listening_port
    if local is not None and local != port:
        yield Finding(
            "warning",
            "port",
            f"With these settings, `tandem serve` listens on port {port}, and backend.url says"
            f" {local}",
            "backend.port",
            "Remove backend.port (TANDEM_BACKEND__PORT), or set backend.url to the same port.",
        )


def check_backend(backend: BackendClient, methods: Sequence[str]) -> Check[bool]:
    """Check whether Tandem's ML backend answers, and has a model that the methods work with.

    Args:
        backend: The backend.
        methods: The ways to find a confidence that the settings name.

    Yields:
        What it finds.

    Returns:
        Whether it can be asked further.
    """
    health = yield from attempt("backend", backend.health)
    if health is None:
        return False
    if health.model is None:
        yield Finding(
            "fault",
            "backend",
            "What answers there is an ML backend, but not Tandem's",
            backend.url,
            "Set backend.url to the address of `tandem serve`.",
        )
        return False
    yield Finding("ok", "backend", "It answers", backend.url)
    yield from _check_model(health, backend.url)
    yield from _check_methods(health, methods)
    yield from _check_learned(health, backend.url)
    yield from _check_training(health, backend.url)
    return True


def check_credentials(backend: BackendClient) -> Check[bool]:
    """Check whether the backend takes the credentials of Basic auth."""
    models = yield from attempt("credentials", backend.models)
    if models is None:
        return False
    yield Finding("ok", "credentials", "The backend takes them, or wants none")
    return True


def check_version(backend: BackendClient, project: int, form: Form) -> Check[str | None]:
    """Check under which version the backend would answer the project.

    Args:
        backend: The ML backend.
        project: The project.
        form: What its label config asks.

    Yields:
        What it finds.

    Returns:
        The version; None where it cannot be told.
    """
    version = yield from attempt("version", lambda: backend.version(project, form.config))
    if version is not None:
        yield Finding("ok", "version", f"The backend answers as {version}")
    return version


def _check_model(health: HealthResponse, url: str) -> Iterator[Finding]:
    if health.model == "ready":
        yield Finding("ok", "model", f"{health.name} is ready", url)
    elif health.model == "loading":
        yield Finding(
            "warning",
            "model",
            f"{health.name} is still loading",
            url,
            "Look again in a moment; the log of `tandem serve` says how far it is.",
        )
    else:
        yield Finding(
            "fault",
            "model",
            f"{health.name}: {(health.error or 'it cannot be loaded').rstrip('.')}",
            url,
            "Set model.name where the backend runs, and start `tandem serve` there again.",
        )


def _check_methods(health: HealthResponse, methods: Sequence[str]) -> Iterator[Finding]:
    missing = health.methods
    if missing is None:
        return
    allowed = ", ".join(name for name, lacking in missing.items() if lacking is None) or "none"
    refused = [name for name in methods if missing.get(name, "this method") is not None]
    for name in refused:
        yield Finding(
            "fault",
            "methods",
            f"The engine cannot give {name!r} what it needs: {missing.get(name, 'this method')}",
            "confidence.methods",
            f"Name one of: {allowed}.",
        )
    if not refused:
        yield Finding("ok", "methods", f"The engine allows: {allowed}", "confidence.methods")


def _check_learned(health: HealthResponse, url: str) -> Iterator[Finding]:
    for project, reason in health.unreadable.items():
        yield Finding(
            "warning",
            "learned",
            f"What was learned about project {project} cannot be read, so that it is untaught:"
            f" {reason}",
            url,
            "Run `tandem sync`: it teaches the backend anew.",
        )


def _check_training(health: HealthResponse, url: str) -> Iterator[Finding]:
    last = health.training.last if health.training else None
    if last and last.outcome == "failed":
        yield Finding(
            "warning",
            "training",
            f"The last training, of project {last.project}, failed: {last.why}. What was learned"
            " before goes on",
            url,
            "Put that right, then press Start training in Label Studio (Settings, Model), or leave"
            " the learner out of learning.train.",
        )
