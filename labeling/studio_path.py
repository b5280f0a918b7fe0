"""Which Label Studio a request to the ML backend is about: a part of the backend's address.

A project's number says too little: two Label Studios may ask one backend, and where one is a copy
of the other's database, their projects have the same numbers and were created at the same moment.
What Label Studio sends with `/predict` does not tell them apart either. So each Label Studio is
given an address of its own, `http://backend:9090/studios/1a2b3c4d`, and all that is learned is kept
below it.
"""

import re
import socket
from urllib.parse import urlsplit

from labeling.hashing import digest_of

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - compared
_PORTS = {"http": 80, "https": 443}
_PATH = re.compile(r"/studios/([0-9a-f]{8})(?=/|$)")


def path_of(studio_url: str) -> str:
    """Return the path below the backend's address that stands for a Label Studio."""
    return f"/studios/{studio_id(studio_url)}"


def studio_id(studio_url: str) -> str:
    """Return what stands for a Label Studio, as 8 hex digits.

    http and https, a slash at the end, and the names of this machine make no difference; another
    name of the same server does, and what was learned is then taught anew by the next pass.

    Args:
        studio_url: Label Studio's address, as the settings have it.

    Returns:
        The digits.

    Examples:
        >>> studio_id("http://label.example.org") == studio_id("https://Label.example.org/")
        True
    """
    try:
        url = urlsplit(studio_url if "://" in studio_url else f"//{studio_url}")
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:  # No address at all, which whoever asks there is told.
        return digest_of(studio_url)[:8]
    # The same name means another machine's Label Studio on another machine.
    named = f"this machine, {socket.gethostname()}" if host in _LOOPBACK else host
    shown = None if port in _PORTS.values() else port
    return digest_of(named, str(shown), url.path.rstrip("/"))[:8]


def split_path(path: str) -> tuple[str | None, str]:
    """Split a request's path into the Label Studio that it is about and the route.

    Args:
        path: The path.

    Returns:
        The Label Studio's id, None where the path names none; and the rest of the path.

    Examples:
        >>> split_path("/studios/1a2b3c4d/predict")
        ('1a2b3c4d', '/predict')
    """
    found = _PATH.match(path)
    return (found[1], path[found.end() :] or "/") if found else (None, path)


def without_studio(url: str) -> str:
    """Return an address of the backend without the part that stands for a Label Studio."""
    return re.sub(_PATH.pattern + "/?$", "", url.rstrip("/"))


def project_key(project: str | None, studio: str | None) -> str | None:
    """Return the name below which what a project taught is kept.

    Args:
        project: Its number; None: no project.
        studio: The id of its Label Studio; None: the request named none.

    Returns:
        The name; None: there is no project.
    """
    return project if project is None or studio is None else f"{studio}/{project}"
