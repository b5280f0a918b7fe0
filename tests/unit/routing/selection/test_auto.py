"""Auto: typical texts while little is answered, then the texts between two labels."""

from routing.selection.auto import COLD_START, Auto
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES
from tests.support.selection_pools import clustered_pool, random_pool


def test_it_begins_with_typical_texts() -> None:
    pool = clustered_pool(5, 20)
    assert Auto().at(pool).name == "typiclust"
    assert sorted(place // 20 for place in Auto().select(pool, 5, seed=0)) == [0, 1, 2, 3, 4]


def test_it_says_what_it_comes_to() -> None:
    pools = clustered_pool(5, 20), random_pool(items=300, answered=COLD_START)
    assert [Auto().described(pool) for pool in pools] == ["auto (typiclust)", "auto (margin)"]


def test_it_goes_on_with_texts_between_two_labels() -> None:
    pool = random_pool(items=300, answered=COLD_START)
    assert Auto().at(pool).name == "margin"
    margin = STRATEGIES["margin"].select(pool, 10, seed=0)
    assert Auto().select(pool, 10, seed=0).tolist() == margin.tolist()


def test_without_embeddings_it_goes_by_doubt_from_the_first_text_on() -> None:
    pool = random_pool(answered=0)
    assert Auto().at(Pool(pool.probabilities, pool.is_answered)).name == "margin"


def test_many_labels_take_more_answers() -> None:
    few, many = (random_pool(items=300, answered=150, labels=labels) for labels in (20, 40))
    assert [Auto().at(pool).name for pool in (few, many)] == ["margin", "typiclust"]
