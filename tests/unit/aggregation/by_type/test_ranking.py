"""Rankings find the order behind noisy comparisons."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from aggregation.by_type.ranking import COLUMNS, METHODS, ranking
from labeling.errors import NotEnoughVotes, SettingsError

ITEMS = list("abcdefghij")
"""From the best to the worst; each wins against the next in about two of three."""


def comparisons_of(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS))


def simulated(honesty: dict[str, float], each: int = 60, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for worker, share in honesty.items():
        for _ in range(each):
            i, j = rng.choice(len(ITEMS), size=2, replace=False)
            is_first = rng.random() < 1 / (1 + np.exp(-0.7 * (j - i)))
            winner = i if is_first == (rng.random() < share) else j
            rows.append((worker, ITEMS[i], ITEMS[j], ITEMS[winner]))
    return comparisons_of(rows)


def nearness(table: pd.DataFrame, method: str) -> float:
    ranks = ranking(table, method=method).scores.reindex(ITEMS)
    return float(kendalltau(-ranks, np.arange(len(ITEMS))).statistic)


@pytest.mark.parametrize("method", METHODS)
def test_the_order_is_found(method: str) -> None:
    fitted = ranking(simulated(dict.fromkeys("vwxyz", 1.0)), method=method)
    assert fitted.scores.sum() == pytest.approx(1.0)
    assert fitted.scores.is_monotonic_decreasing
    assert fitted.skills.between(0, 1).all()
    assert nearness(simulated(dict.fromkeys("vwxyz", 1.0)), method) > 0.85


def test_liars_are_found_out() -> None:
    crowd = {"ann": 0.95, "bob": 0.95, "cyd": 0.95, "liar": 0.05, "knave": 0.05}
    seeds = range(5)
    plain = np.mean([nearness(simulated(crowd, seed=s), "bradley-terry") for s in seeds])
    noisy = np.mean([nearness(simulated(crowd, seed=s), "noisy-bradley-terry") for s in seeds])
    assert noisy > plain + 0.1
    skills = ranking(simulated(crowd), method="noisy-bradley-terry").skills
    assert skills[["liar", "knave"]].max() < 0.5 < skills[["ann", "bob", "cyd"]].min()


@pytest.mark.parametrize("method", METHODS)
def test_order_and_sides_change_nothing(method: str) -> None:
    table = simulated({"ann": 0.9, "bob": 0.8})
    turned = table.rename(columns={"left": "right", "right": "left"}).sample(
        frac=1.0, random_state=1
    )
    first, again = ranking(table, method=method), ranking(turned, method=method)
    pd.testing.assert_series_equal(first.scores, again.scores, rtol=1e-4)
    pd.testing.assert_series_equal(first.skills, again.skills, rtol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_one_comparison_and_islands_have_scores(method: str) -> None:
    one = ranking(comparisons_of([("ann", "a", "b", "b")]), method=method)
    assert one.scores.index.tolist() == ["b", "a"]
    islands = comparisons_of([("ann", "a", "b", "a"), ("ann", "c", "d", "d")])
    scores = ranking(islands, method=method).scores
    assert scores["a"] == pytest.approx(scores["d"])
    assert scores["a"] > scores["b"] > 0


def test_scores_are_the_most_likely_ones() -> None:
    rows = [("w", "a", "b", winner) for winner in "a" * 79 + "b" * 19]
    scores = ranking(comparisons_of(rows)).scores
    # With the two against nobody each, a's share of b's is near that of 79 to 19 wins.
    assert scores["a"] / scores["b"] == pytest.approx(79 / 19, rel=0.1)


def test_what_is_no_comparison_is_refused() -> None:
    with pytest.raises(NotEnoughVotes):
        ranking(comparisons_of([]))
    with pytest.raises(SettingsError, match="noisy"):
        ranking(comparisons_of([("ann", "a", "b", "b")]), method="elo")
    with pytest.raises(ValueError, match="winner"):
        ranking(comparisons_of([("ann", "a", "b", "c")]))
    with pytest.raises(ValueError, match="winner"):
        ranking(comparisons_of([("ann", "a", "a", "a")]))
