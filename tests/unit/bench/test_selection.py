"""The selection benchmark: campaigns with the project's learner, and what is read off them."""

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from backend.learning.material import Texts
from bench import selection_scale
from bench.learning import LearningWork
from bench.selection import SelectionResult, area, labels_saved, main, measure
from bench.selection_world import Pick, curve
from labeling.mathtypes import Indices
from routing.selection.pool import Pool
from routing.selection.registry import STRATEGIES


def work_of_two_kinds(items: int = 400) -> LearningWork:
    """Return texts whose label the embedding tells and the language model does not."""
    rng = np.random.default_rng(0)
    gold = rng.integers(2, size=items)
    embeddings = np.eye(2)[gold] + rng.normal(scale=0.3, size=(items, 2))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    logs = np.full((items, 2), -np.log(2))
    texts = Texts(tuple(map(str, range(items))), logs, embeddings)
    return LearningWork("two kinds", ("a", "b"), texts, gold, np.arange(items) < 100)


def given(**changed: object) -> Namespace:
    limits = {"tested": 100, "pool": 300, "model": "none", "pilot": 50, "answers": [50, 120]}
    return Namespace(**{**limits, "seeds": 2, "keep": None, **changed})


def test_a_campaign_judges_the_learner_after_each_number_of_answers() -> None:
    asked: list[int] = []

    def pick(pool: Pool, size: int, seed: int) -> Indices:
        assert len(pool) == 300, "texts that are tested are no part of it"
        asked.append(size)
        return STRATEGIES["random"].select(pool, size, seed)

    found = curve(work_of_two_kinds(), pick, [50, 120], pilot=50, seed=1)
    assert sum(asked) == 70
    assert len(found.batch_seconds) == len(asked)
    assert found.accuracies[1] > 0.9 > found.accuracies[0], "from 100 on, embeddings are learned"


def test_the_same_seed_is_the_same_campaign() -> None:
    work, pick = work_of_two_kinds(), STRATEGIES["margin"].select
    first, again = (curve(work, pick, [50, 120], 50, seed=3).accuracies for _ in range(2))
    assert first == again


def test_random_stands_beside_each_strategy_and_gains_nothing() -> None:
    picks: dict[str, Pick] = {name: STRATEGIES[name].select for name in ("random", "margin")}
    chance, margin = measure(work_of_two_kinds(), picks, given())
    assert isinstance(margin, SelectionResult)
    assert (chance.strategy, margin.strategy) == ("random", "margin")
    assert all(one.mean == 0 for one in chance.gain)
    assert chance.labels_saved == 0
    assert margin.accuracy[0] == chance.accuracy[0], "both begin with the same pilot"


def test_finished_curves_are_kept(tmp_path: Path) -> None:
    picks: dict[str, Pick] = {"random": STRATEGIES["random"].select}
    first = measure(work_of_two_kinds(), picks, given(keep=tmp_path))
    kept = sorted(tmp_path.iterdir())
    again = measure(work_of_two_kinds(), picks, given(keep=tmp_path))
    assert len(kept) == 2
    assert again == first


def test_the_area_is_the_mean_accuracy_between_the_ends() -> None:
    found = area(np.array([[0.5, 0.7, 0.7], [0.6, 0.6, 0.6]]), [0, 100, 400])
    assert found.tolist() == pytest.approx([0.675, 0.6])
    assert area(np.array([[0.5]]), [100]).tolist() == [0.5]


@pytest.mark.parametrize(("goal", "saved"), [(0.4, 200), (0.6, 150), (0.9, 0), (0.95, None)])
def test_labels_are_saved_where_the_goal_is_reached_earlier(
    goal: float, saved: float | None
) -> None:
    assert labels_saved(np.array([0.5, 0.7, 0.9]), goal, [100, 200, 300]) == (
        None if saved is None else pytest.approx(saved)
    )


@pytest.mark.slow
def test_the_scale_mode_ends_with_one_object_a_strategy_and_size(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--scale", "--sizes", "2000", "--strategies", "random", "badge", "--json"])
    results = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert [one["strategy"] for one in results] == ["random", "badge"]
    assert all(one["seconds"] > 0 and one["peak_mb"] >= one["pool_mb"] > 0 for one in results)


def test_a_batch_of_a_large_pool_is_one_of_its_open_texts() -> None:
    assert selection_scale.measure("margin", 3_000).items == 3_000


def test_without_folders_there_is_nothing_to_measure(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "name a folder, or --scale" in capsys.readouterr().err
