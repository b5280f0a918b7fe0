"""What every strategy keeps to, whatever the pool looks like."""

import numpy as np
import pytest

from labeling.errors import SettingsError
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES
from tests.support.selection_pools import POOLS, random_pool

strategies = pytest.mark.parametrize("name", STRATEGIES)
pools = pytest.mark.parametrize("pool_name", POOLS)


@strategies
@pools
def test_a_batch_holds_as_many_open_texts_as_were_asked_for_and_none_twice(
    name: str, pool_name: str
) -> None:
    pool = POOLS[pool_name]()
    batch = STRATEGIES[name].select(pool, 20, seed=3)
    assert len(batch) == 20
    assert len(set(batch.tolist())) == 20
    assert not pool.is_answered[batch].any()


@strategies
@pools
def test_the_same_seed_gives_the_same_batch(name: str, pool_name: str) -> None:
    first, again = (STRATEGIES[name].select(POOLS[pool_name](), 20, seed=3) for _ in range(2))
    assert first.tolist() == again.tolist()


@strategies
@pools
def test_all_that_is_open_is_given_where_more_is_asked_for(name: str, pool_name: str) -> None:
    pool = POOLS[pool_name]()
    batch = STRATEGIES[name].select(pool, 10_000, seed=3)
    assert sorted(batch.tolist()) == pool.open_items.tolist()


@strategies
def test_a_pool_in_which_all_is_answered_gives_nothing(name: str) -> None:
    assert len(STRATEGIES[name].select(random_pool(items=20, answered=20), 5, seed=0)) == 0


@strategies
def test_a_pool_without_texts_gives_nothing(name: str) -> None:
    empty = Pool(np.empty((0, 3)), np.empty(0, dtype=np.bool_), np.empty((0, 8)))
    assert len(STRATEGIES[name].select(empty, 5, seed=0)) == 0


@strategies
def test_nothing_is_given_where_nothing_is_asked_for(name: str) -> None:
    assert len(STRATEGIES[name].select(random_pool(), 0, seed=0)) == 0


@strategies
def test_less_than_nothing_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(ValueError, match="a batch of -1"):
        STRATEGIES[name].select(random_pool(), -1, seed=0)


@strategies
def test_without_embeddings_a_strategy_does_without_or_says_what_to_do(name: str) -> None:
    pool = random_pool()
    bare, strategy = Pool(pool.probabilities, pool.is_answered), STRATEGIES[name]
    if strategy.needs_embeddings:
        with pytest.raises(SettingsError, match=rf"{name} .* \(policy\.selection\)\. Name an"):
            strategy.select(bare, 5, seed=0)
    else:
        assert len(set(strategy.select(bare, 5, seed=0).tolist())) == 5


@strategies
def test_what_a_strategy_reads_at_most_bounds_no_batch(name: str) -> None:
    strategy = type("Small", (type(STRATEGIES[name]),), {"most_read": 30})()
    pool = random_pool(items=400, answered=100)
    for size in (20, 50):
        batch = strategy.select(pool, size, seed=1)
        assert len(set(batch.tolist())) == size
        assert not pool.is_answered[batch].any()


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != "predicted-error"])
def test_chance_decides_between_equals(name: str) -> None:
    alike = POOLS["one label"]()
    same = Pool(alike.probabilities, alike.is_answered, np.ones((len(alike), 4)) / 2)
    batches = [tuple(STRATEGIES[name].select(same, 3, seed).tolist()) for seed in range(8)]
    assert len(set(batches)) > 1


@pytest.mark.parametrize(
    ("probabilities", "embeddings", "errors"),
    [
        (np.ones((3, 2)) / 2, None, None),
        (np.ones(4), None, None),
        (np.ones((4, 2)) / 2, np.ones((3, 8)), None),
        (np.ones((4, 2)) / 2, None, np.ones((4, 1))),
    ],
    ids=["too few", "flat", "too few embeddings", "errors of labels"],
)
def test_a_pool_whose_parts_do_not_fit_together_is_refused(
    probabilities: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    embeddings: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None,
    errors: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None,
) -> None:
    with pytest.raises(ValueError, match="for 4 items"):
        Pool(probabilities, np.zeros(4, dtype=np.bool_), embeddings, errors)
