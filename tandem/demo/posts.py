"""The demo's texts, their label config and their instruction, as they are shipped."""

import csv
from functools import cache
from importlib.resources import files

from tandem.demo.reviewers import Post

FOLDER = files("tandem.demo")


@cache
def posts() -> tuple[Post, ...]:
    """Read the texts, in their file's order."""
    with FOLDER.joinpath("texts.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Post(row["item_id"], row["text"], row["gold"], row["second"])
            for row in csv.DictReader(file)
        )


@cache
def label_config() -> str:
    """Read the label config."""
    return FOLDER.joinpath("label_config.xml").read_text("utf-8")


@cache
def instruction() -> str:
    """Read what annotators are told."""
    return FOLDER.joinpath("instruction.txt").read_text("utf-8").strip()
