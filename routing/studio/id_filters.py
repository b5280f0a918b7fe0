"""Task ids as a tab's filter, in the operators that the Data Manager's page understands.

Label Studio 1.23 also filters by `in_list` and by a regular expression on the id, but its page does
not know either for numbers: one tab with `in_list` keeps the page of all tabs from loading. Ranges
of ids, joined by *or*, work on both sides.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

ID_COLUMN = "filter:tasks:id"

MOST_RANGES = 500
"""Ranges that one filter may hold. SQLite refuses a query that joins 1,000 conditions by *or*."""

NO_TASK = 0
"""An id that no task has: the filter of an empty tab, since no filter at all means every task."""

Filters = dict[str, Any]


def encode(ids: Iterable[int]) -> Filters:
    """Write a filter that lets these tasks pass, as far as `fitting` has room for them."""
    runs = list(_runs(fitting(tuple(ids)))) or [(NO_TASK, NO_TASK)]
    return {"conjunction": "or", "items": [_item(first, last) for first, last in runs]}


def decode(filters: Mapping[str, Any] | None) -> tuple[int, ...]:
    """Read the ids that a filter of `encode` lets pass, ascending; none where it is another's."""
    items = (filters or {}).get("items") or []
    try:
        runs = [_run(item) for item in items]
    except (KeyError, TypeError, ValueError):
        return ()
    if len(items) > 1 and (filters or {}).get("conjunction") != "or":
        return ()
    ids = {one for first, last in runs for one in range(first, last + 1)}
    return tuple(sorted(ids - {NO_TASK}))


def fitting(ids: Sequence[int]) -> tuple[int, ...]:
    """Leave out what is too much for one filter: keep the first ids, in their order.

    Args:
        ids: Task ids, the most urgent first.
    """
    if len(set(ids)) <= MOST_RANGES or sum(1 for _ in _runs(ids)) <= MOST_RANGES:
        return tuple(ids)
    return tuple(ids[:MOST_RANGES])


def _runs(ids: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Return the first and the last of each run of consecutive ids, ascending."""
    places = enumerate(sorted(set(ids)))
    for _, run in groupby(places, key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def _item(first: int, last: int) -> dict[str, Any]:
    is_one = first == last
    return {
        "filter": ID_COLUMN,
        "type": "Number",
        "operator": "equal" if is_one else "in",
        "value": first if is_one else {"min": first, "max": last},
    }


def _run(item: Mapping[str, Any]) -> tuple[int, int]:
    if item["filter"] != ID_COLUMN:
        raise ValueError(item["filter"])
    value = item["value"]
    if item["operator"] == "equal":
        return int(value), int(value)
    if item["operator"] == "in":
        return int(value["min"]), int(value["max"])
    raise ValueError(item["operator"])
