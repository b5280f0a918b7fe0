"""The demo's texts, their label config and their instruction, and what is asked of them."""

import csv
from functools import cache
from importlib.resources import files
from io import StringIO

from tandem.demo.reviewers import Post

FOLDER = files("tandem.demo")

TEMPLATE = "bare"
"""A model this small does better without the instruction."""

POLICY = {"target_error": 0.05, "settle_above": 0.99, "error_cost": 200.0}
"""Of the demo's labels one in twenty may be wrong; and one that goes to the wrong desk costs as
much as 200 labels, so that people are asked again until they are nearly sure."""


@cache
def posts() -> tuple[Post, ...]:
    """Read the texts, in their file's order."""
    table = StringIO(FOLDER.joinpath("texts.csv").read_text("utf-8"), newline="")
    return tuple(
        Post(row["item_id"], row["text"], row["gold"], row["second"])
        for row in csv.DictReader(table)
    )


@cache
def label_config() -> str:
    """Read the label config."""
    return FOLDER.joinpath("label_config.xml").read_text("utf-8")


@cache
def instruction() -> str:
    """Read what annotators are told."""
    return FOLDER.joinpath("instruction.txt").read_text("utf-8").strip()
