"""Task ids as a filter: what is written is read back, in words that the page knows."""

import tracemalloc
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.studio.id_filters import (
    ID_COLUMN,
    MOST_RANGES,
    decode,
    encode,
    fitting,
    ranges_of,
)
from routing.studio.reading import view_of

ids = st.lists(st.integers(1, 300), max_size=80)


@given(ids)
def test_ids_come_back_ascending_and_once(given_ids: list[int]) -> None:
    read = decode(encode(given_ids))
    assert list(chain.from_iterable(read)) == sorted(set(given_ids))
    assert read == ranges_of(given_ids)


@given(ids)
def test_only_operators_that_the_page_has_for_numbers_are_used(given_ids: list[int]) -> None:
    items = encode(given_ids)["items"]
    assert items
    assert {one["operator"] for one in items} <= {"equal", "in"}
    assert {one["filter"] for one in items} == {ID_COLUMN}


def test_neighbours_share_a_range() -> None:
    assert [one["value"] for one in encode([7, 3, 4, 5])["items"]] == [{"min": 3, "max": 5}, 7]


def test_what_is_too_much_leaves_the_least_urgent_out() -> None:
    apart = list(range(10_000, 0, -2))
    assert fitting(apart) == tuple(apart[:MOST_RANGES])
    assert decode(encode(apart)) == ranges_of(apart[:MOST_RANGES])
    in_a_row = tuple(range(1, 5_000))
    assert fitting(in_a_row) == in_a_row


@pytest.mark.parametrize(
    "filters",
    [
        None,
        {},
        {"conjunction": "and", "items": []},
        {"items": [{"filter": "filter:tasks:data.text", "operator": "equal", "value": "1"}]},
        {"items": [{"filter": ID_COLUMN, "operator": "less", "value": 9}]},
        {"items": [{"filter": ID_COLUMN, "operator": "in", "value": None}]},
        {"items": [{"filter": ID_COLUMN, "operator": "equal", "value": ""}]},
        {
            "conjunction": "and",
            "items": [
                {"filter": ID_COLUMN, "operator": "equal", "value": 1},
                {"filter": ID_COLUMN, "operator": "equal", "value": 2},
            ],
        },
    ],
    ids=["none", "empty", "no items", "text", "less", "no range", "blank", "and"],
)
def test_a_filter_of_another_s_making_lists_no_ids(filters: dict[str, Any] | None) -> None:
    assert decode(filters) == ()


def test_a_tab_of_millions_that_somebody_made_is_never_written_out() -> None:
    every = {"filter": ID_COLUMN, "type": "Number", "operator": "in"}
    filters = {"conjunction": "and", "items": [every | {"value": {"min": 1, "max": 20_000_000}}]}
    tracemalloc.start()
    view = view_of({"id": 1, "data": {"title": "Mine", "filters": filters}})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert view.ranges == (range(1, 20_000_001),)
    assert view.lists(20_000_000)
    assert not view.lists(20_000_001)
    assert most < 100_000, "bytes"
