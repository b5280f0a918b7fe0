"""Two equal lessons: one by the strategy, one as chance alone would have picked it."""

import numpy as np
import pytest

from routing.selection.twins import PickedRound, Twins, twins


def test_before_the_first_round_there_is_nothing_to_compare() -> None:
    assert twins([], float) == Twins((), ())


def test_each_lesson_has_its_own_texts_in_their_order() -> None:
    first = PickedRound(by_strategy=[90, 80, 70], by_chance=[0, 1])
    second = PickedRound(by_strategy=[60, 50, 40], by_chance=[2, 3])
    assert twins([first, second], float) == Twins((90, 80, 60, 50), (0, 1, 2, 3))


def test_chance_would_have_come_to_texts_that_the_strategy_was_first_to_ask_about() -> None:
    first = PickedRound(by_strategy=[2, 90, 80], by_chance=[0, 1])
    second = PickedRound(by_strategy=[70, 60, 50], by_chance=[3, 4])
    found = twins([first, second], float)
    assert found.by_chance == (0, 1, 2, 3, 4)
    assert found.by_strategy == (2, 90, 70, 60, 80)


def test_where_the_strategy_picked_less_chance_counts_no_more() -> None:
    one = PickedRound(by_strategy=[9], by_chance=[0, 1, 2])
    assert twins([one], float) == Twins((9,), (0,))


def test_the_lesson_by_chance_is_a_fair_sample_though_the_strategy_takes_texts_away() -> None:
    counts = np.zeros(40)
    for seed in range(2_000):
        rank = np.random.default_rng(seed).permutation(40).astype(float)
        order = np.argsort(rank).tolist()
        taken: set[int] = set()
        rounds = []
        for _ in range(3):
            by_chance = [text for text in order if text not in taken][:4]
            taken |= {*by_chance}
            by_strategy = [text for text in range(40) if text not in taken][:4]
            taken |= {*by_strategy}
            rounds.append(PickedRound(by_strategy, by_chance))
        counts[[*twins(rounds, rank.tolist().__getitem__).by_chance[:8]]] += 1
    assert counts / counts.mean() == pytest.approx(np.ones(40), abs=0.15)
