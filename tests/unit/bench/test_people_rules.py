"""The benchmark of the rules reads a crowd, and says what they flag beside the truth."""

import json
from pathlib import Path

import pandas as pd
import pytest

from bench.people_rules import main
from bench.people_rules_data import read_judged_work
from bench.people_rules_false import TEXTS, WORLDS
from bench.people_rules_honest import HonestCrowd

CROWD = HonestCrowd(people=20, tasks=120, votes=6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    frame = CROWD.answers(0)
    lazy = frame["worker"].value_counts().index[0]
    frame.loc[frame["worker"] == lazy, "label"] = "d"
    frame[["task", "worker", "label", "seconds"]].to_csv(tmp_path / "crowd.csv", index=False)
    tasks = frame.drop_duplicates("task")
    gold = tasks[["task", "truth"]].rename(columns={"truth": "label"})
    gold.to_csv(tmp_path / "gold.csv", index=False)
    items = tasks[["task", "text"]].rename(columns={"task": "item_id"})
    items.to_csv(tmp_path / "items.csv", index=False)
    return tmp_path


def test_it_finds_who_always_says_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(folder), "--controls", "0.2", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["results"][0]
    assert (found["answers"], found["people"]) == (720, 20)
    favourite = next(one for one in found["rules"] if one["rule"] == "favourite")
    assert (favourite["judged"], favourite["flagged"], favourite["flagged_bad"]) == (20, 1, 1)
    assert favourite["accuracy_flagged"] < 0.3 < favourite["accuracy_others"]
    assert found["flags"][0]["line"].startswith("says 'd' in 100%")


def test_pages_share_out_their_time_and_controls_alone_are_the_truth(folder: Path) -> None:
    crowd = pd.read_csv(folder / "crowd.csv").drop(columns="seconds")
    crowd["started"], crowd["ended"] = "2026-01-01 10:00:00", "2026-01-01 10:05:00"
    crowd["items_of_page"] = 10
    crowd.to_csv(folder / "crowd.csv", index=False)
    (folder / "controls.csv").write_text("task,label\n0,a\n0,b\n1,c\n", encoding="utf-8")
    judged = read_judged_work(folder, controls=0.5, fewest=1, tasks=None, seed=0)
    assert judged.work.known == {"0": {"a", "b"}, "1": {"c"}}
    assert set(judged.work.answers["seconds"]) == {30.0}
    answered = crowd[crowd["task"].isin([0, 1])]["worker"].unique()
    assert set(judged.accuracy) == set(answered)


def test_simulated_honest_people_are_counted_in_each_world(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["--honest", "1", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["honest"]
    assert [one["world"] for one in found] == [*WORLDS, TEXTS]
    rules = {one["rule"] for world in found for one in world["rules"]}
    assert rules >= {"runs", "favourite", "copies", "pairs", "order", "bursts"}
    for world in found:
        assert world["flagged"] <= world["ever_flagged"] <= 0.2
        assert world["most_events"] <= 4
