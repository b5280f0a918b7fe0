"""The aggregation benchmark runs on a folder of the documented form and ends with JSON."""

import json
from pathlib import Path

import pytest

from bench.aggregation import main


@pytest.fixture
def crowd(tmp_path: Path) -> Path:
    votes = [f"t{t},w{w},{'AB'[(t + (w == 2 and t < 3)) % 2]}" for t in range(8) for w in range(3)]
    gold = [f"t{t},{'AB'[t % 2]}" for t in range(8)]
    (tmp_path / "crowd.csv").write_text("\n".join(["task,worker,label", *votes]))
    (tmp_path / "gold.csv").write_text("\n".join(["task,label", *gold]))
    return tmp_path


def test_it_ends_with_one_object_of_all_results(
    crowd: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(crowd), "--methods", "majority-vote", "bayesian-one-coin", "--json"])
    results = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert [result["method"] for result in results] == ["majority-vote", "bayesian-one-coin"]
    assert all(result["accuracy"] == 1.0 and result["votes"] == 24 for result in results)


def test_few_votes_are_drawn_by_seed(crowd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(crowd), "--methods", "majority-vote", "--votes", "2", "--seeds", "2", "--json"]
    outcomes = []
    for _ in range(2):
        main(arguments)
        outcomes.append(json.loads(capsys.readouterr().out.splitlines()[-1])["results"][0])
    assert outcomes[0]["votes"] == 16
    assert outcomes[0]["accuracy"] == outcomes[1]["accuracy"]
