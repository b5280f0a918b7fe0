"""A batch holds no near-duplicates, as long as there is anything else."""

import numpy as np

from routing.selection.distinct import LOOKED_AT, highest_distinct
from routing.selection.pool import Pool
from tests.support.selection_pools import unit


def pool_of(directions: list[int]) -> Pool:
    embeddings = np.eye(max(directions) + 1)[directions]
    return Pool(np.full((len(directions), 2), 0.5), np.zeros(len(directions), bool), embeddings)


def test_a_near_duplicate_gives_way_to_the_next_text_of_the_ranking() -> None:
    assert highest_distinct(np.arange(4), pool_of([0, 0, 1, 2]), 3).tolist() == [0, 2, 3]


def test_near_duplicates_fill_up_where_there_is_nothing_else() -> None:
    assert highest_distinct(np.arange(4), pool_of([0, 0, 0, 1]), 3).tolist() == [0, 3, 1]


def test_texts_that_are_only_similar_are_no_duplicates() -> None:
    embeddings = unit(np.array([[1.0, 0.0], [1.0, 0.5], [0.0, 1.0]]))
    pool = Pool(np.full((3, 2), 0.5), np.zeros(3, bool), embeddings)
    assert highest_distinct(np.arange(3), pool, 2).tolist() == [0, 1]


def test_no_more_of_the_ranking_is_looked_at_than_is_stated() -> None:
    pool = pool_of([0] * LOOKED_AT + [1])
    assert highest_distinct(np.arange(LOOKED_AT + 1), pool, 1).tolist() == [0]
    assert LOOKED_AT not in highest_distinct(np.arange(LOOKED_AT + 1), pool_of([0] * 500), 2)[:1]


def test_without_embeddings_the_ranking_decides() -> None:
    pool = Pool(np.full((3, 2), 0.5), np.zeros(3, bool))
    assert highest_distinct(np.array([2, 0, 1]), pool, 2).tolist() == [2, 0]
