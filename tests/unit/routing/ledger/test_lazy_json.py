"""JSON that is read when it is first looked at, and is then like any mapping."""

from collections.abc import Iterator, Mapping

from hypothesis import given
from hypothesis import strategies as st

from routing.ledger.lazy_json import LazyJson

shares = st.dictionaries(st.text(max_size=5), st.floats(0, 1), max_size=4)

ROW = 7


class Column(Mapping[int, Mapping[str, float]]):
    """A column that counts how often it is read."""

    reads = 0

    def __getitem__(self, row: int) -> Mapping[str, float]:
        self.reads += 1
        return {"yes": 0.9}

    def __iter__(self) -> Iterator[int]:
        return iter([ROW])

    def __len__(self) -> int:
        return 1


@given(shares)
def test_it_is_the_mapping_that_the_row_holds(held: dict[str, float]) -> None:
    lazy = LazyJson({ROW: held}, ROW)
    assert lazy == held
    assert (list(lazy), len(lazy)) == (list(held), len(held))
    assert {name: lazy[name] for name in lazy} == held


@given(shares, shares)
def test_two_are_equal_where_they_say_the_same(
    one: dict[str, float], other: dict[str, float]
) -> None:
    lazies = LazyJson({1: one}, 1), LazyJson({2: other}, 2)
    assert (lazies[0] == lazies[1]) == (one == other)


def test_it_is_not_read_before_somebody_looks_and_once() -> None:
    column = Column()
    lazy = LazyJson(column, ROW)
    assert column.reads == 0
    assert (len(lazy), lazy["yes"], column.reads) == (1, 0.9, 1)


def test_of_a_row_that_is_gone_it_says_nothing() -> None:
    assert LazyJson({}, ROW) == {}
