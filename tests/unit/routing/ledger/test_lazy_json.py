"""JSON that is read when it is first looked at, and is then like any mapping."""

import json

from hypothesis import given
from hypothesis import strategies as st

from routing.ledger.lazy_json import LazyJson

shares = st.dictionaries(st.text(max_size=5), st.floats(0, 1), max_size=4)


@given(shares)
def test_it_is_the_mapping_that_the_text_says(held: dict[str, float]) -> None:
    lazy = LazyJson(json.dumps(held), float)
    assert lazy == held
    assert (list(lazy), len(lazy)) == (list(held), len(held))
    assert {name: lazy[name] for name in lazy} == held


@given(shares, shares)
def test_two_are_equal_where_they_say_the_same(
    one: dict[str, float], other: dict[str, float]
) -> None:
    lazies = LazyJson(json.dumps(one), float), LazyJson(json.dumps(other), float)
    assert (lazies[0] == lazies[1]) == (one == other)


def test_it_is_not_read_before_somebody_looks() -> None:
    read: list[object] = []
    lazy = LazyJson('{"yes": 1}', read.append)
    assert read == []
    assert (len(lazy), len(lazy), read) == (1, 1, [1])
