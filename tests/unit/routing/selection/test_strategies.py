"""What each strategy looks for, on pools where anybody could tell."""

import numpy as np
import pytest

from labeling.mathtypes import Floats
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES
from tests.support.selection_pools import clustered_pool, random_pool, unit


def picked(name: str, pool: Pool, size: int, seed: int = 0) -> list[int]:
    return [int(place) for place in STRATEGIES[name].select(pool, size, seed)]


def believed(*rows: list[float], embeddings: Floats | None = None) -> Pool:
    return Pool(np.array(rows), np.zeros(len(rows), dtype=np.bool_), embeddings)


BETWEEN_TWO = [0.45, 0.45, 0.10, 0.00]
AMONG_ALL = [0.46, 0.18, 0.18, 0.18]
LEANING = [0.40, 0.30, 0.30, 0.00]
SURE = [0.97, 0.01, 0.01, 0.01]


@pytest.mark.parametrize(
    ("name", "first"), [("margin", 0), ("entropy", 1), ("least-confidence", 2)]
)
def test_each_measure_of_doubt_has_a_doubt_of_its_own(name: str, first: int) -> None:
    pool = believed(BETWEEN_TWO, AMONG_ALL, LEANING, SURE)
    assert picked(name, pool, 1) == [first]
    assert picked(name, pool, 4)[-1] == 3


def test_predicted_error_follows_what_is_predicted_and_then_the_order() -> None:
    errors = np.array([0.1, 0.4, 0.4, 0.2])
    pool = Pool(np.full((4, 2), 0.5), np.zeros(4, dtype=np.bool_), None, errors)
    assert picked("predicted-error", pool, 3) == [1, 2, 3]


def test_predicted_error_without_a_prediction_is_the_top_label_s() -> None:
    assert picked("predicted-error", believed(SURE, LEANING, BETWEEN_TWO), 3) == [1, 2, 0]


@pytest.mark.parametrize("name", ["least-confidence", "margin", "entropy", "density", "badge"])
def test_of_copies_of_a_doubtful_text_people_see_one(name: str) -> None:
    rows = [BETWEEN_TWO] * 10 + [LEANING, AMONG_ALL]
    embeddings = np.array([[1.0, 0.1, 0.1]] * 10 + [[0.3, 1.0, 0.0], [0.3, 0.0, 1.0]])
    assert {10, 11} <= set(picked(name, believed(*rows, embeddings=unit(embeddings)), 3))


def test_density_passes_over_an_outlier() -> None:
    pool = clustered_pool(1, 30)
    embeddings = np.concatenate([np.tile([1.0, 0.0], (30, 1)), [[0.0, 1.0]]])
    doubt = np.tile([0.6, 0.4], (31, 1))
    doubt[30] = 0.5
    outlier = Pool(doubt, np.zeros(31, dtype=np.bool_), embeddings)
    assert len(pool) == 30
    assert picked("entropy", outlier, 1) == [30]
    assert picked("density", outlier, 1) != [30]


def test_cal_finds_the_text_whose_neighbours_are_answered_otherwise() -> None:
    embeddings = np.repeat(np.eye(2), 20, axis=0)
    probabilities = np.repeat([[0.9, 0.1], [0.1, 0.9]], 20, axis=0)
    probabilities[[7, 31]] = [[0.2, 0.8], [0.6, 0.4]]
    is_answered = np.arange(40) % 2 == 0
    pool = Pool(probabilities, is_answered, embeddings)
    assert picked("cal", pool, 2)[0] == 7
    assert 31 in STRATEGIES["cal"].select(pool, 20, 0)[:2]


def test_core_set_goes_where_nothing_is_answered() -> None:
    pool = clustered_pool(6, 20)
    pool.is_answered[[0, 20, 40]] = True
    assert sorted(place // 20 for place in picked("core-set", pool, 3)) == [3, 4, 5]


@pytest.mark.parametrize("name", ["core-set", "typiclust"])
def test_without_any_answer_every_cluster_gets_one_text(name: str) -> None:
    pool = clustered_pool(5, 20)
    assert sorted(place // 20 for place in picked(name, pool, 5)) == [0, 1, 2, 3, 4]


def test_typiclust_asks_about_the_middle_of_a_cluster() -> None:
    rng = np.random.default_rng(0)
    ring = np.stack([np.cos(a := np.linspace(0, 2 * np.pi, 24)), np.sin(a)], axis=1)
    middle = rng.normal(scale=0.02, size=(12, 2))
    flat = np.concatenate([ring, middle])
    embeddings = unit(np.concatenate([flat, np.full((36, 1), 3.0)], axis=1))
    pool = Pool(np.full((36, 2), 0.5), np.zeros(36, dtype=np.bool_), embeddings)
    assert picked("typiclust", pool, 1)[0] >= 24


def test_typiclust_asks_about_outliers_last() -> None:
    clusters, outliers = np.repeat(np.eye(6)[:3], 20, axis=0), np.eye(6)[3:]
    drawn = np.random.default_rng(0).normal(scale=0.02, size=(60, 6))
    embeddings = unit(np.concatenate([clusters + drawn, outliers]))
    is_answered = np.isin(np.arange(63), [0, 20, 40])
    pool = Pool(np.full((63, 2), 0.5), is_answered, embeddings)
    assert max(picked("typiclust", pool, 3)) < 60
    assert {60, 61, 62} <= {*picked("core-set", pool, 3)}


def test_typiclust_leaves_clusters_that_are_answered() -> None:
    pool = clustered_pool(4, 20)
    pool.is_answered[:10] = True
    assert {place // 20 for place in picked("typiclust", pool, 3)} <= {0, 1, 2, 3}
    assert sum(place < 20 for place in picked("typiclust", pool, 3)) <= 1


def test_badge_starts_with_the_longest_gradient() -> None:
    pool = random_pool(answered=0)
    top = pool.probabilities.argmax(axis=1)
    residuals = pool.probabilities - np.eye(4)[top]
    gradients = np.linalg.norm(residuals, axis=1)
    assert picked("badge", pool, 1) == [int(gradients.argmax())]


def test_badge_draws_by_the_squared_distance_between_whole_gradients() -> None:
    pool = random_pool(items=12, answered=0, dims=3)
    embeddings = pool.vectors(pool.open_items)
    residuals = pool.beliefs(pool.open_items)
    residuals[np.arange(12), residuals.argmax(axis=1)] -= 1
    gradients = np.einsum("il,id->ild", residuals, embeddings).reshape(12, -1)
    first = int((gradients**2).sum(axis=1).argmax())
    expected = ((gradients - gradients[first]) ** 2).sum(axis=1)
    seconds = [picked("badge", pool, 2, seed)[1] for seed in range(2_000)]
    found = np.bincount(seconds, minlength=12) / 2_000
    assert found == pytest.approx(expected / expected.sum(), abs=0.04)


def test_random_picks_every_text_alike() -> None:
    pool = random_pool(items=20, answered=0)
    counts = np.bincount(
        [picked("random", pool, 1, seed)[0] for seed in range(4_000)], minlength=20
    )
    assert counts / 4_000 == pytest.approx(np.full(20, 0.05), abs=0.015)
