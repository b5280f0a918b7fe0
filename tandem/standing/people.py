"""What is said of people whom anything became of: who is watched, paused or excluded, and why."""

from collections.abc import Sequence

from routing.standing.standing import PersonStanding

_CONSEQUENCES = {
    "in training": "they are asked nothing in the project yet",
    "watched": "they are asked more control tasks, and their answers count",
    "paused": "they are asked nothing new, and their answers count",
    "excluded": "their answers count no more",
}


def person_lines(people: Sequence[PersonStanding]) -> list[str]:
    """Return a line for everybody who is not simply active.

    Args:
        people: How everybody stands.
    """
    return [person_line(one) for one in people if one.state != "active"]


def person_line(one: PersonStanding) -> str:
    """Say what became of a person, on whose word, why, and how it is taken back.

    >>> carl = PersonStanding(7, "Carl", "carl@x", "excluded", "sold his account", by="ann@x")
    >>> person_line(carl).partition(";")[0]
    'Carl is excluded by ann@x (sold his account)'
    """
    if one.state == "active":
        return f"{one.name} is active."
    since = f" since {one.since:%Y-%m-%d}" if one.since else ""
    by = f" by {one.by}" if one.by else ""
    why = f" ({one.reason})" if one.reason else ""
    back = "" if one.state == "watched" else f"; `tandem people resume {one.name}` takes it back"
    return f"{one.name} is {one.state}{by}{since}{why}; {_CONSEQUENCES[one.state]}{back}."
