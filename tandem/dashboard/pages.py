"""The dashboard's pages as HTML; every text in them is escaped."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from functools import cache
from importlib.resources import files

from jinja2 import Environment
from markupsafe import Markup

from routing.ledger.passes import PassRecord
from routing.standing.standing import PopulationPhase
from tandem.dashboard.data import ProjectLook
from tandem.dashboard.live import Seen
from tandem.error_line import error_line
from tandem.pages.environment import new_environment

REFRESH_SECONDS = 15
"""How often an open page asks for what is new."""

PHASES: Mapping[PopulationPhase, str] = {
    "unlabelled": "not labelled yet",
    "pilot": "pilot",
    "reviews": "reviews",
    "due": "waits for a pass",
    "audits": "in audit",
    "certified": "certified",
}


def admin(seen: Seen[ProjectLook], passes: Sequence[PassRecord], nonce: str) -> str:
    """Write the admin's page.

    Args:
        seen: What was seen of the project last.
        passes: The last passes, the latest first.
        nonce: Allows the page's own script, and no other.

    Returns:
        The page.
    """
    return _render("admin.html.jinja", seen=seen, zone=_zone(seen), passes=passes, nonce=nonce)


def reviewer(seen: Seen[ProjectLook], passes: Sequence[PassRecord], name: str, nonce: str) -> str:
    """Write a reviewer's page.

    Args:
        seen: What was seen of the project last.
        passes: The last passes, the latest first.
        name: Whose page it is.
        nonce: Allows the page's own script, and no other.

    Returns:
        The page.
    """
    page = seen.look.page_of(name) if seen.look else None
    last = next((one.ended_at for one in passes if one.ended_at and not one.error), None)
    return _render(
        "reviewer.html.jinja",
        seen=seen,
        zone=_zone(seen),
        page=page,
        name=name,
        last_pass=last,
        nonce=nonce,
    )


def fault(status: int, error: Exception) -> str:
    """Write the page of an address that leads nowhere, or of a page that could not be made.

    Args:
        status: The HTTP status.
        error: What went wrong; said where it is no mistake of who asked.

    Returns:
        The page.
    """
    said = error_line(error) if status >= 500 else ""
    return _render("fault.html.jinja", status=status, said=said)


def _zone(seen: Seen[ProjectLook]) -> tzinfo | None:
    """Return the time zone that a page writes all moments in: that of the look."""
    return seen.look.at.tzinfo if seen.look else None


def _render(template: str, **content: object) -> str:
    return _environment().get_template(template).render(content)


@cache
def _environment() -> Environment:
    environment = new_environment("tandem.dashboard", opens_addresses=True)
    script = files("tandem.dashboard").joinpath("refresh.js").read_text("utf-8")
    environment.globals.update(
        phases=PHASES,
        refresh_seconds=REFRESH_SECONDS,
        script=Markup(script),  # noqa: S704 - our own file
    )
    return environment
