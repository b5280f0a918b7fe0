"""Who is given which control task: as many as are due on average, and none twice."""

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from routing.control_tasks.mixing import WATCHED, Mixed, Pair, new_pairs

ADA = Mixed(2, share=0.1, since=30, waiting=30)
MANY = range(1, 1001)


def pairs(*people: Mixed, seed: int = 1, **more: object) -> list[Pair]:
    options = {"available": MANY, "asked": {}, "barred": (), "exposures": 20, **more}
    return new_pairs(people, seed=seed, **options)  # type: ignore[arg-type]


def test_the_share_is_right_on_average() -> None:
    person = replace(ADA, share=0.05, since=30)
    counts = [len(pairs(person, seed=seed)) for seed in range(2000)]
    assert set(counts) == {1, 2}
    assert abs(sum(counts) / len(counts) - 1.5) < 0.05


def test_half_as_many_wait_as_blind_items_at_most_or_a_few_where_somebody_is_watched() -> None:
    many = replace(ADA, since=500, waiting=8)
    first = pairs(many)
    assert len(first) == 4
    assert pairs(many, asked=dict.fromkeys(first, True)) == []
    nothing_else = replace(many, waiting=0)
    assert pairs(nothing_else) == []
    assert len(pairs(replace(nothing_else, is_watched=True))) == WATCHED


@given(
    st.integers(0, 60),
    st.dictionaries(st.tuples(st.integers(1, 30), st.integers(2, 4)), st.booleans()),
    st.sets(st.tuples(st.integers(1, 30), st.integers(2, 4))),
    st.integers(1, 4),
)
def test_nobody_is_given_one_twice_or_barred_and_none_too_often(
    since: int, asked: dict[Pair, bool], barred: set[Pair], exposures: int
) -> None:
    people = [Mixed(worker, 0.5, since, 40) for worker in (2, 3, 4)]
    new = pairs(*people, available=range(1, 31), asked=asked, barred=barred, exposures=exposures)
    assert len(new) == len(set(new))
    assert not set(new) & (asked.keys() | barred)
    before = Counter(control for control, _ in asked)
    shown = Counter(control for control, _ in new)
    assert all(before[control] + count <= exposures for control, count in shown.items())


def test_the_same_seed_chooses_alike() -> None:
    assert pairs(ADA, seed=3) == pairs(ADA, seed=3) != pairs(ADA, seed=4)
