"""Results that were written for another form: told apart from those that say nothing.

A label config changes after people answered. What they said of controls or objects that it had
then is no answer of today's form, and is none of "nothing" either.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from labeling.controls import Control, Region
from labeling.errors import AnswerError

_INDEX = re.compile(r"\\\{\\\{\w+\\\}\\\}")
"""What stands for a number in the names of a `Repeater`, as `re.escape` writes it."""


def pattern_of(names: Collection[str]) -> re.Pattern[str]:
    """Return what matches each of a label config's names, and those that a `Repeater` makes."""
    return re.compile("|".join(_INDEX.sub(r"\\d+", re.escape(name)) for name in sorted(names)))


def own_regions(
    regions: Sequence[object],
    controls: Collection[Control],
    names: re.Pattern[str],
    old_names: Mapping[str, str],
) -> list[Region]:
    """Return the regions of a form's controls, under the names that these have today.

    Args:
        regions: A result's. Relations between regions, and what is no region, are left out.
        controls: The form's.
        names: Matches every name that the label config gives, whoever answers it.
        old_names: The names that controls had before, and have today.

    Returns:
        The regions of the controls, in the same order.

    Raises:
        AnswerError: One names a control or an object that the label config does not have, or is of
            another sort than its control.
    """
    by_name = {control.from_name: control for control in controls}
    own = []
    for region in regions:
        if not isinstance(region, Mapping) or "from_name" not in region:
            continue
        today = _renamed(region, by_name, old_names)
        name, objects = str(today["from_name"]), str(today.get("to_name")).split(",")
        if not names.fullmatch(name):
            raise AnswerError(f"It answers {name!r}, which the label config does not have")
        for one in objects:
            if not names.fullmatch(one):
                raise AnswerError(f"It is about {one!r}, which the label config does not have")
        if name in by_name:
            if today.get("type") != by_name[name].tag.lower():
                raise AnswerError(f"It holds a {today.get('type')!r} of {name!r}, which is another")
            own.append(today)
    return own


def _renamed(
    region: Mapping[str, object], by_name: Mapping[str, Control], old_names: Mapping[str, str]
) -> Region:
    """Return a region under today's names; one of an old name is about its control's object."""
    name = old_names.get(str(region["from_name"]))
    if name is None or name not in by_name:
        return dict(region)
    return {**region, "from_name": name, "to_name": ",".join(by_name[name].to_names)}
