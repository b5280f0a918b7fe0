"""Task ids as a tab's filter, in the operators that the Data Manager's page understands.

Label Studio 1.23 also filters by `in_list` and by a regular expression on the id, but its page does
not know either for numbers: one tab with `in_list` keeps the page of all tabs from loading. Ranges
of ids, joined by *or*, work on both sides.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

ID_COLUMN = "filter:tasks:id"

MOST_RANGES = 500
"""Ranges that one filter may hold. SQLite refuses a query that joins 1,000 conditions by *or*, and
each of them travels with every page of the tab. What is left out is less urgent than what is in,
and takes its place in later passes."""

NO_TASK = 0
"""An id that no task has: the filter of an empty tab, since no filter at all means every task."""

Filters = dict[str, Any]


def encode(ids: Iterable[int]) -> Filters:
    """Write a filter that lets these tasks pass, as far as `fitting` has room for them."""
    ranges = ranges_of(fitting(tuple(ids))) or (range(NO_TASK, NO_TASK + 1),)
    return {"conjunction": "or", "items": [_item(one) for one in ranges]}


def decode(filters: Mapping[str, Any] | None) -> tuple[range, ...]:
    """Read the ranges that a filter of `encode` lets pass; none where it is another's.

    Whoever makes a tab by hand may let millions pass: ranges are never written out.
    """
    items = (filters or {}).get("items") or []
    try:
        ranges = tuple(_range(item) for item in items)
    except (KeyError, TypeError, ValueError, OverflowError):
        return ()
    if len(items) > 1 and (filters or {}).get("conjunction") != "or":
        return ()
    return tuple(one for one in ranges if one != range(NO_TASK, NO_TASK + 1))


def fitting(ids: Sequence[int]) -> tuple[int, ...]:
    """Leave out what is too much for one filter: keep the first ids, in their order.

    Args:
        ids: Task ids, the most urgent first.
    """
    if len(ids) <= MOST_RANGES or len(ranges_of(ids)) <= MOST_RANGES:
        return tuple(ids)
    return tuple(ids[:MOST_RANGES])


def ranges_of(ids: Iterable[int]) -> tuple[range, ...]:
    """Return the runs of consecutive ids, ascending.

    >>> ranges_of([7, 3, 4, 5])
    (range(3, 6), range(7, 8))
    """
    places = enumerate(sorted(set(ids)))
    runs = [
        [number for _, number in run]
        for _, run in groupby(places, key=lambda pair: pair[1] - pair[0])
    ]
    return tuple(range(run[0], run[-1] + 1) for run in runs)


def _item(ids: range) -> dict[str, Any]:
    first, last = ids.start, ids.stop - 1
    is_one = first == last
    return {
        "filter": ID_COLUMN,
        "type": "Number",
        "operator": "equal" if is_one else "in",
        "value": first if is_one else {"min": first, "max": last},
    }


def _range(item: Mapping[str, Any]) -> range:
    if item["filter"] != ID_COLUMN:
        raise ValueError(item["filter"])
    value = item["value"]
    if item["operator"] == "equal":
        return range(int(value), int(value) + 1)
    if item["operator"] == "in":
        return range(int(value["min"]), int(value["max"]) + 1)
    raise ValueError(item["operator"])
