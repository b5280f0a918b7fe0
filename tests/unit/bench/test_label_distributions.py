"""The benchmark of what people would say judges estimates by what others say."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.label_distributions import main, measure


def crowd(folder: Path, votes: int) -> Path:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([1.0, 1.0], 80)
    rows = [
        (task, f"w{worker}", rng.choice(["a", "b"], p=own))
        for task, own in enumerate(shares)
        for worker in range(votes)
    ]
    pd.DataFrame(rows, columns=["task", "worker", "label"]).to_csv(
        folder / "crowd.csv", index=False
    )
    return folder


def test_our_estimate_beats_plain_shares_by_both_measures(tmp_path: Path) -> None:
    found = measure(crowd(tmp_path, 8), 3, 2)
    assert found is not None
    assert (found.tasks, found.votes) == (80, 3)
    assert found.log_loss["ours"] < found.log_loss["plain"]
    assert found.brier["ours"] < found.brier["plain"]


def test_tasks_with_too_few_votes_judge_nothing(tmp_path: Path) -> None:
    assert measure(crowd(tmp_path, 4), 3, 1) is None


def test_its_last_line_is_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main([str(crowd(tmp_path, 6)), "--votes", "1", "--seeds", "1", "--json"])
    [result] = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert result["votes"] == 1
    assert {*result["log_loss"]} == {"plain", "add one", "ours"}
