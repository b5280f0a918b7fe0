"""The replay benchmark: Tandem and people alone at as many labels, over orders of the votes."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from bench.replay import main
from bench.replay_checks import CARELESS, SeedChecks, checks_of, checks_table
from tandem.demo.posts import posts
from tandem.demo.recorded import demo_known, demo_work
from tandem.demo.reviewers import REVIEWERS
from tandem.replay.campaign import ReplayedCampaign
from tandem.replay.curves import ReplayCurve, ReplayPoint
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


def test_the_demos_reviewers_say_of_known_letters_what_they_always_say() -> None:
    known = demo_known()
    assert set(known) == {one.email for one in REVIEWERS}
    right = {
        email: sum(one.label == one.known for one in said) / len(said)
        for email, said in known.items()
    }
    assert min(right, key=right.__getitem__) == CARELESS
    others = [share for email, share in right.items() if email != CARELESS]
    assert right[CARELESS] < 0.6 < 0.8 < min(others)
    assert known == demo_known(0) != demo_known(1)


class TestChecks:
    def campaign(self, accuracy: float, labels: int) -> ReplayedCampaign:
        points = [ReplayPoint(labels, accuracy, None)]
        return ReplayedCampaign(ReplayCurve("Tandem", "tandem", points), [], 0)

    def test_answers_to_control_tasks_are_spent_too(self) -> None:
        checks = [SeedChecks(30, {CARELESS: 9}, self.campaign(0.9, 700))]
        found = checks_of(checks, [self.campaign(0.92, 600)])
        assert found is not None
        assert found.gain.mean == pytest.approx(0.02)
        assert found.spared.mean == 70
        assert (found.careless_paused, found.careless_controls) == (1, 9)
        console = Console(width=120, record=True)
        console.print(checks_table(found))
        text = console.export_text()
        assert "+0.0200" in text
        assert "-70 (-70 to -70)" in text
        assert "after a median of 9" in " ".join(text.split())

    def test_others_who_are_paused_are_counted_by_themselves(self) -> None:
        seeds = [{CARELESS: 9, "ana": 5}, {}]
        checks = [SeedChecks(30, one, self.campaign(0.9, 700)) for one in seeds]
        found = checks_of(checks, [self.campaign(0.9, 700)] * 2)
        assert found is not None
        assert (found.careless_paused, found.others_paused) == (0.5, 0.5)

    def test_nothing_is_said_where_nobody_is_checked(self) -> None:
        assert checks_of([], []) is None
