"""Matching against asking at random, on recorded answers."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.matching import BATCH, METHODS, WAYS, main, measure
from tandem.replay.folder import read_folder
from tests.support.recorded_folder import write_folder

GOOD, BAD = 4, 8
"""People who are right nine times in ten, and four times in ten."""


def mixed_crowd(folder: Path, items: int = 3 * BATCH) -> Path:
    """A crowd whose every member answered every item; a third of them can be relied upon."""
    write_folder(folder, items=items, votes=3)
    rng = np.random.default_rng(7)
    gold = pd.read_csv(folder / "gold.csv", dtype=str)
    labels = sorted(set(gold["label"]))
    rows = [
        (task, f"w{worker}", _said(rng, right, 0.9 if worker < GOOD else 0.4, labels))
        for task, right in gold.itertuples(index=False)
        for worker in range(GOOD + BAD)
    ]
    pd.DataFrame(rows, columns=["task", "worker", "label"]).to_csv(
        folder / "crowd.csv", index=False
    )
    return folder


def _said(rng: np.random.Generator, right: str, skill: float, labels: Sequence[str]) -> str:
    wrong = [label for label in labels if label != right]
    return right if rng.random() < skill else str(rng.choice(wrong))


def test_matching_finds_those_who_can_be_relied_upon_and_lets_nobody_do_all(
    tmp_path: Path,
) -> None:
    result = measure(read_folder(mixed_crowd(tmp_path / "mixed")), votes=3, seeds=2)

    assert result.right["matching"] > result.right["random"] + 0.05
    assert result.difference["random"]["majority-vote"].mean > 0.03
    assert result.most["matching"] < 0.2


def test_all_ways_get_the_same_votes_where_there_is_no_choice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_folder(tmp_path / "crowd", items=20, votes=3)
    main([str(folder), "--votes", "3", "--seeds", "1", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["crowd/3"]

    assert found["accuracy"].keys() == {*WAYS}
    assert len({json.dumps(found["accuracy"][way]) for way in WAYS}) == 1
    assert all(found["difference"]["random"][method]["mean"] == 0 for method in METHODS)
