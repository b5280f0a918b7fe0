"""A replay as one self-contained HTML page."""

from functools import cache
from pathlib import Path

from jinja2 import Environment

from labeling.atomic_files import replacing
from labeling.private_files import make_private_folder
from tandem.pages.environment import new_environment
from tandem.replay import charts
from tandem.replay.replay import Replay
from tandem.replay.summary import promises_in_words, votes_table

PAGE = "replay.html"


def render(replay: Replay) -> str:
    """Write a replay as HTML; every text in it is escaped."""
    return (
        _environment()
        .get_template("replay.html.jinja")
        .render(r=replay, promises=promises_in_words(replay), votes=votes_table(replay))
    )


def write_page(replay: Replay, folder: Path) -> Path:
    """Write the page.

    Args:
        replay: What is told.
        folder: Where it goes.

    Returns:
        The file.
    """
    make_private_folder(folder)
    file = folder / PAGE
    with replacing(file) as draft:
        draft.write_text(render(replay), "utf-8")
    return file


@cache
def _environment() -> Environment:
    environment = new_environment("tandem.replay")
    environment.globals.update(charts=charts)
    return environment
