"""What is said is said whole, however narrow the terminal is."""

import io

import pytest
from rich.console import Console
from rich.table import Table

from tandem.terminal import Terminal

ADDRESS = f"http://label.example.org/projects/3/data?tab=7&labeling=1&{'x' * 150}"


def said(line: object, width: int, *, json: bool = False) -> str:
    written = io.StringIO()
    console = Console(file=written, width=width)
    Terminal(json, console, console).say(line)
    return written.getvalue()


@pytest.mark.parametrize("width", [20, 80, 300])
def test_an_address_is_never_cut_nor_broken(width: int) -> None:
    table = Table(box=None)
    table.add_column("who", overflow="fold")
    table.add_column("where", overflow="fold")
    table.add_row("Ada the reviewer", ADDRESS)

    assert ADDRESS in said(table, width)
    assert "Ada the reviewer" in said(table, width)
    assert ADDRESS in said(f"Ada: {ADDRESS}", width)


def test_a_script_is_told_no_words() -> None:
    assert said("words", 80, json=True) == ""
