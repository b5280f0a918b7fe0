"""Where regions stand: in the texts that people read, and as Label Studio stores it."""

from collections.abc import Mapping, Sequence

from labeling.controls import Region
from labeling.objects import ObjectTag


def to_stored_offsets(
    regions: Sequence[Region], objects: Mapping[str, ObjectTag], contents: Mapping[str, str]
) -> list[Region]:
    """Write where regions stand as Label Studio stores it; those without a place are left alone.

    Args:
        regions: What controls wrote, `start` and `end` in the texts.
        objects: What they may be about, by its name.
        contents: The objects' contents, by their names.

    Returns:
        The regions, placed, in the same order.

    Raises:
        AnswerError: Nothing can be marked where one begins or ends.
        TaskError: A content is none of its object.
    """
    return [
        {
            **one,
            "value": objects[one["to_name"]].to_stored_offsets(
                one["value"], contents[one["to_name"]]
            ),
        }
        if _has_place(one, objects)
        else one
        for one in regions
    ]


def from_stored_offsets(
    regions: Sequence[Region], objects: Mapping[str, ObjectTag], contents: Mapping[str, str]
) -> list[Region]:
    """Read where regions stand out of what Label Studio stores; the reverse of `to_stored_offsets`.

    Args:
        regions: What Label Studio stores.
        objects: See `to_stored_offsets`.
        contents: See `to_stored_offsets`; what is missing counts as empty, which is enough for a
            `Text`.

    Returns:
        The regions, with `start` and `end` in the texts, in the same order.

    Raises:
        AnswerError: One marks nothing in its text.
        TaskError: A content is none of its object.
    """
    return [
        {
            **one,
            "value": objects[one["to_name"]].from_stored_offsets(
                one["value"], contents.get(one["to_name"], "")
            ),
        }
        if _has_place(one, objects)
        else one
        for one in regions
    ]


def _has_place(region: Region, objects: Mapping[str, ObjectTag]) -> bool:
    value = region.get("value")
    return isinstance(value, Mapping) and "start" in value and region.get("to_name") in objects
