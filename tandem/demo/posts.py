"""The demo's texts, their label config and their instruction, and what is asked of them."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from io import StringIO
from pathlib import Path

from tandem.demo.reviewers import Post

FOLDER = files("tandem.demo")

TEMPLATE = "bare"
"""A model this small does better without the instruction."""

MOST_VOTES = 3
"""Votes on one text, at most; so many people alone are given, too."""

POLICY = {
    "target_error": 0.05,
    "settle_above": 0.99,
    "error_cost": 200.0,
    "max_votes": MOST_VOTES,
}
"""Of the demo's labels one in twenty may be wrong; and one that goes to the wrong desk costs as
much as 200 labels, so that people are asked again until they are nearly sure, or three answered."""


@cache
def posts() -> tuple[Post, ...]:
    """Read the texts, in their file's order."""
    table = StringIO(FOLDER.joinpath("texts.csv").read_text("utf-8"), newline="")
    return tuple(
        Post(row["item_id"], row["text"], row["gold"], row["second"])
        for row in csv.DictReader(table)
    )


def known_answers_file() -> Path:
    """Return the file of the texts whose label is known, by which people's work is checked."""
    return Path(str(FOLDER.joinpath("known_answers.csv")))


QUALITY: Mapping[str, object] = {
    "known_answers": known_answers_file(),
    "good": 0.85,
    "controls_most": 0.2,
}
"""How the demo's reviewers are checked: of clear letters they are to know 85%. Each labels few, so
that a fifth of their first letters are such whose desk is known."""


@cache
def known_posts() -> tuple[Post, ...]:
    """Read the texts whose label is known, in their file's order."""
    table = StringIO(known_answers_file().read_text("utf-8"), newline="")
    return tuple(
        Post(row["item_id"], row["text"], row["desk"], "") for row in csv.DictReader(table)
    )


@cache
def label_config() -> str:
    """Read the label config."""
    return FOLDER.joinpath("label_config.xml").read_text("utf-8")


@cache
def instruction() -> str:
    """Read what annotators are told."""
    return FOLDER.joinpath("instruction.txt").read_text("utf-8").strip()
