"""A person's page as self-contained HTML: no network, no scripts, light and dark."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from labeling.atomic_files import replacing
from tandem.export.tables import into
from tandem.pages.environment import new_environment
from tandem.people.page.data import PersonPage
from tandem.people.payout import exact
from tandem.report import charts


def render(page: PersonPage) -> str:
    """Write the page as HTML; every text in it is escaped."""
    return _environment().get_template("page.html.jinja").render(p=page)


def write_page(page: PersonPage, file: Path) -> Path:
    """Write the page, whole or not at all.

    Args:
        page: What it says.
        file: Where to; its folder is made if needed.

    Returns:
        The file.

    Raises:
        SettingsError: It cannot be written.
    """
    with into(file.parent), replacing(file) as draft:
        draft.write_text(render(page), "utf-8")
    return file


@cache
def _environment() -> Environment:
    environment = new_environment("tandem.people.page")
    environment.globals.update(charts=charts, exact=exact)
    return environment
