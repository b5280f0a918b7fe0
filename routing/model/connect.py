"""Connecting: the ML backend registered on the project, under the version that it answers with."""

import base64
from dataclasses import dataclass

from labeling.errors import StudioUnreachable
from labeling.form import form as forms
from labeling.settings.settings import Settings
from labeling.studio_path import without_studio
from routing.model.client import BackendClient
from routing.studio.client import Studio

CONNECTED = "Connected"
"""Label Studio's word for a backend whose `/health` and `/setup` answered it."""


@dataclass(frozen=True, slots=True)
class ConnectReport:
    """What the project is connected to.

    Attributes:
        backend: Label Studio's id of the connection.
        url: How Label Studio reaches the backend.
        model_version: The connection's title, which is the version that the backend answers with.
        is_new: Whether the connection was made now; else it was there and is up to date.
    """

    backend: int
    url: str
    model_version: str
    is_new: bool


def connect(studio: Studio, backend: BackendClient, settings: Settings) -> ConnectReport:
    """Register the ML backend on the project; doing it again changes nothing.

    Label Studio tells the backend of whatever happens in the project. It makes that webhook
    without credentials, so where the backend asks for some, the hook is given them.

    Args:
        studio: Label Studio.
        backend: The ML backend.
        settings: The settings.

    Returns:
        What the project is connected to.

    Raises:
        LabelConfigError: Tandem can answer no control of the project.
        BackendUnreachable: The backend does not answer this machine.
        StudioRefused: Label Studio's SSRF protection blocks the address, or the key may not.
        StudioUnreachable: Label Studio does not answer, or does not reach the backend.
    """
    project = studio.project()
    forms.parse(project.label_config)
    version = backend.version(project.id, project.label_config)
    url = settings.address_for_studio
    known = next((one for one in studio.backends() if is_same_backend(one.url, url)), None)
    auth = settings.backend.credentials
    saved = studio.save_backend(url, version, auth, known.id if known else None)
    if saved.state != CONNECTED:
        raise StudioUnreachable(
            f"Label Studio does not reach the ML backend: it calls it {saved.state!r}",
            where=url,
            hint="Set backend.url_for_studio to the address by which Label Studio's machine"
            " reaches it.",
        )
    if auth is not None:
        studio.save_webhook(hook_url(settings), hook_headers(settings))
    return ConnectReport(saved.id, url, version, is_new=known is None)


def is_same_backend(one: str, other: str) -> bool:
    """Return whether two addresses are of one backend, whichever Label Studio they are for.

    The connection in a copied database is still at the address of the Label Studio that it was
    copied from.
    """
    return without_studio(one) == without_studio(other)


def hook_url(settings: Settings) -> str:
    """Return where Label Studio sends the backend what happens."""
    return f"{settings.address_for_studio}/webhook"


def hook_headers(settings: Settings) -> dict[str, str]:
    """Return what Label Studio must send along, where the backend asks for credentials."""
    auth = settings.backend.credentials
    if auth is None:
        return {}
    return {"Authorization": f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"}
