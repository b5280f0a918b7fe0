"""The replay benchmark: Tandem and people alone at as many labels, over orders of the votes."""

import json
from pathlib import Path

import pytest

from bench.replay import main
from tandem.demo.posts import posts
from tandem.demo.recorded import demo_work
from tandem.demo.reviewers import REVIEWERS
from tests.support.recorded_folder import write_folder


@pytest.mark.slow
def test_it_ends_with_one_object_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TANDEM_LEARNING", '{"embedding": null}')
    monkeypatch.chdir(tmp_path)
    folder = write_folder(tmp_path / "crowd", items=60, votes=3)
    main([str(folder), "--seeds", "2", "--target-error", "0.2", "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])["crowd"]
    assert told["seeds"] == 2
    assert told["difference"]["mean"] == pytest.approx(
        told["tandem"] - told["people_at_equal_labels"]
    )
    assert told["difference"]["low"] <= told["difference"]["mean"] <= told["difference"]["high"]
    assert told["people_at_equal_labels"] == max(told["ways"].values())
    assert 0 < told["labels"] < told["all_labels"] == 179
    assert told["certified"] == 1
    assert [one["labels"] for one in told["course"]][-1] == told["labels"]


def test_the_demo_is_replayed_with_its_own_reviewers() -> None:
    work = demo_work()
    votes = work.votes
    assert len(work.tasks) == len(posts())
    assert set(votes["worker"]) == {one.email for one in REVIEWERS}
    [first] = [one for one in REVIEWERS if one.email == votes["worker"].iloc[0]]
    assert work.labels[votes["label"].iloc[0]] == first.answer(posts()[0], work.labels)
    skipped = sum(one.does_skip(post) for one in REVIEWERS for post in posts())
    assert len(votes) == len(REVIEWERS) * len(posts()) - skipped


def test_another_seed_gives_the_reviewers_other_mistakes() -> None:
    one, other = demo_work(1), demo_work(2)
    assert one.votes["label"].tolist() != other.votes["label"].tolist()
    assert one.votes.equals(demo_work(1).votes)
