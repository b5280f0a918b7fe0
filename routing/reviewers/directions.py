"""Directions: what a project's description and instruction tell its reviewers of where to go.

The page shows a description, as plain text, on the project's card, and an instruction, with its
links, whenever a label stream begins, and behind a button above it, at the stream's end too.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlsplit

from routing.ledger.journal import Step
from routing.ledger.records import Write
from routing.ownership.mark import find, with_mark
from routing.reviewers.places import ReviewerPlace
from routing.studio.client import Studio
from routing.studio.models import StudioProject
from routing.studio.own_text import DESCRIPTION, INSTRUCTION

TELLING = "project.directions"
"""The writes of Tandem's part of a project's texts."""

SHOWING = "project.show_instruction"
"""The writes that have the instruction show by itself; what was set `before` is in them."""

WHOLE_PAGE = "#"
"""Ends a link that loads a page. One without it Label Studio's page follows by itself, to another
address and title above the old stream."""

SAID = "description"
"""In a write: Tandem's part of the description. That of the instruction says the same."""

SHOWN = "show_instruction"
"""Label Studio's name of the setting that shows the instruction whenever a label stream begins."""


@dataclass(frozen=True, slots=True)
class Directions:
    """What a project tells its reviewers.

    Attributes:
        description: In plain text, a line a reviewer.
        instruction: In HTML, a paragraph a reviewer; Label Studio leaves it as it is.
    """

    description: str
    instruction: str


def directions_of(
    places: Sequence[ReviewerPlace], other: str, *, is_blind: bool, is_finished: bool
) -> Directions:
    """Say what is left for whom, here and in the other project.

    >>> from dataclasses import replace
    >>> from routing.reviewers.places import EVERYBODY
    >>> ann = replace(EVERYBODY, name="Ann", waiting=8, waiting_blind=12)
    >>> directions_of([ann], "Films · blind", is_blind=False, is_finished=False).description
    'Ann: 8 left here, then 12 in “Films · blind”.'

    Args:
        places: What waits for whom, with the addresses of their label streams.
        other: The title of the other project; empty: there is none.
        is_blind: It is the blind project.
        is_finished: Nothing is to come for anybody any more.

    Returns:
            The directions, as they stand in this project.
    """
    ends = "all is done, thank you" if is_finished else "nothing to do for now"
    plain, linked = [], []
    for one in places:
        parts = _parts(one, other, is_blind=is_blind)
        plain.append(f"{one.name}: {', then '.join(text for text, _ in parts) or ends}.")
        links = ", then ".join(_link(text, address) for text, address in parts) or ends
        linked.append(f"<p><b>{escape(one.name, quote=False)}</b>: {links}.</p>")
    return Directions("\n".join(plain), "\n".join(linked))


def steps(
    studio: Studio, project: StudioProject, told: Directions, shown: Sequence[Write], at: datetime
) -> Iterator[Step]:
    """Return the steps that have a project say its directions, beside what people wrote.

    The instruction is made to show by itself when Tandem's part of it is new: whoever turns that
    off again is obeyed.

    Args:
        studio: Label Studio, and the project.
        project: The project as it is: what people wrote since it was read would be lost.
        told: What it should say.
        shown: The writes of `SHOWING` so far.
        at: The moment of planning.

    Yields:
        The steps; none where it says so.
    """
    times = sum(one.applied_at is not None for one in shown)
    own = DESCRIPTION.own_part(project.description)
    wanted = Directions(with_mark(told.description, find(own)), told.instruction)
    present = Directions(own, project.directions)
    is_new = not (project.directions and times)
    if told.instruction and not project.shows_instruction and is_new:
        key, before, after = str(times), {SHOWN: False}, {SHOWN: True}
        yield Step(
            [_write(SHOWING, key, project.id, before, after, at)],
            partial(studio.update_project, **after),
        )
    if wanted != present:
        texts = {
            "description": DESCRIPTION.with_own(project.description, wanted.description),
            "expert_instruction": INSTRUCTION.with_own(project.instruction, wanted.instruction),
        }
        digest = hashlib.sha256(repr(wanted).encode()).hexdigest()[:16]
        yield Step(
            [_write(TELLING, digest, project.id, {SAID: own}, {SAID: wanted.description}, at)],
            partial(studio.update_project, **texts),
        )


def _parts(place: ReviewerPlace, other: str, *, is_blind: bool) -> list[tuple[str, str | None]]:
    """List what is left here and there, each with the address at which it is labelled."""
    here, there = (place.waiting, place.stream), (place.waiting_blind, place.blind_stream)
    if is_blind:
        here, there = there, here
    counted = [(here[0], "left here", here[1]), (there[0], f"in “{other}”", there[1])]
    return [(f"{count} {words}", address) for count, words, address in counted if count]


def _link(text: str, address: str | None) -> str:
    """Return a link to an address of this Label Studio, by whatever name a browser knows it."""
    words = escape(text, quote=False)
    if address is None:
        return words
    parts = urlsplit(address)
    return f'<a href="{escape(f"{parts.path}?{parts.query}{WHOLE_PAGE}")}">{words}</a>'


def _write(
    kind: str,
    key: str,
    project: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    at: datetime,
) -> Write:
    return Write(f"{kind}:{key}", kind, f"project {project}", before, after, at)
