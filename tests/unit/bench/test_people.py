"""Honest people are hardly ever paused, others soon; and real answers can be replayed."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from bench import people
from bench.people_exam import exam_of
from bench.people_replay import replay
from bench.people_results import recorded, results_of
from bench.people_ways import WAYS, Way
from bench.people_worlds import BANK, RISK, SkillWorld, measure
from labeling.settings.quality_section import QualitySettings

SEEDS = 100


@pytest.mark.parametrize("known", [0, BANK])
@pytest.mark.parametrize("skill", [0.75, 0.9])
def test_honest_people_are_hardly_ever_paused_at_any_look(skill: float, known: int) -> None:
    result = measure(SkillWorld(skill, 100, known), SEEDS)
    assert binom.sf(round(result.with_peers * SEEDS) - 1, SEEDS, RISK) > 0.01


def test_nor_are_they_where_nothing_favours_them() -> None:
    result = measure(SkillWorld(0.75, 100, BANK, is_worst=True), SEEDS)
    assert binom.sf(round(result.with_peers * SEEDS) - 1, SEEDS, RISK) > 0.01


@pytest.mark.parametrize(("skill", "controls"), [(0.5, 15), (0.6, 30)])
def test_peers_find_half_of_the_others_within_as_many_controls(skill: float, controls: int) -> None:
    result = measure(SkillWorld(skill, 3 * controls, BANK), SEEDS)
    assert result.median_with_peers is not None
    assert result.median_with_peers <= controls
    assert result.median_alone is None or result.median_alone > 1.5 * result.median_with_peers


def test_the_exam_lets_in_whoever_has_the_skill_that_is_asked_for() -> None:
    quality = QualitySettings()
    assert exam_of(quality.good, quality).passed > 0.95
    assert exam_of(0.5, quality).passed < 1 / 3
    assert exam_of(0.25, quality).passed < 0.02


def test_an_exam_is_worked_out_as_it_would_be_drawn() -> None:
    quality = QualitySettings(exam_controls=2, exam_skill=0.5, exam_probability=0.7, exam_retries=0)
    # One right answer is enough: 0.75 > 0.7; after a wrong one, one right makes 0.5.
    assert exam_of(0.6, quality).passed == pytest.approx(0.6)
    assert exam_of(0.6, quality).answers == pytest.approx(1.0)


def crowd(folder: Path, bad: int = 3, people: int = 9) -> Path:
    """Write a crowd of whom some are at chance and the others right in 95 of 100 items."""
    rng = np.random.default_rng(4)
    labels = np.array(["no", "yes", "maybe", "never"])
    votes, gold = ["task,worker,label"], ["task,label"]
    for task in range(240):
        right = rng.integers(4)
        gold.append(f"{task},{labels[right]}")
        for who in range(people):
            wrong = (right + rng.integers(1, 4)) % 4
            said = right if rng.random() < (0.25 if who < bad else 0.95) else wrong
            votes.append(f"{task},w{who},{labels[said]}")
    folder.mkdir()
    (folder / "crowd.csv").write_text("\n".join(votes), encoding="utf-8")
    (folder / "gold.csv").write_text("\n".join(gold), encoding="utf-8")
    return folder


def test_bad_people_are_paused_and_good_ones_are_not(tmp_path: Path) -> None:
    recording = recorded(crowd(tmp_path / "crowd"))
    ending = replay(recording, Way("all", pauses=True, excludes=True, learns=True), seed=0)
    assert set(ending.paused) == {0, 1, 2}
    assert ending.accuracy >= replay(recording, WAYS[0], seed=0).accuracy
    assert ending.votes == pytest.approx(5, abs=0.1)
    assert ending.controls == pytest.approx(0.1, abs=0.05)


def test_a_replay_is_the_same_again(tmp_path: Path) -> None:
    recording = recorded(crowd(tmp_path / "crowd"))
    assert replay(recording, WAYS[-2], seed=3) == replay(recording, WAYS[-2], seed=3)


def test_results_are_printed_as_one_object(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people.main([str(crowd(tmp_path / "crowd")), "--seeds", "1", "--json"])
    results = json.loads(capsys.readouterr().out.splitlines()[-1])["results"]
    assert [one["way"] for one in results] == [way.name for way in WAYS]
    assert {"accuracy", "gain_of_oracle", "paused_bad", "paused_good"} <= results[0].keys()


def test_a_crowd_s_own_control_answers_are_looked_at(tmp_path: Path) -> None:
    rows = ["task,worker,label,ended"]
    for task in range(40):
        at = f"2026-01-01 12:{task:02}:00"
        rows += [f"c{task},ann,yes,{at}", f"c{task},bob,no,{at}", f"i{task},ann,yes,{at}"]
    (tmp_path / "crowd.csv").write_text("\n".join(rows), encoding="utf-8")
    accepted = ["task,label", *(f"c{task},yes\nc{task},maybe" for task in range(40))]
    (tmp_path / "controls.csv").write_text("\n".join(accepted), encoding="utf-8")
    (result,) = results_of(tmp_path, seeds=1)
    assert (result.bad, result.good) == (1, 1)
    assert (result.paused_bad, result.paused_good) == (1, 0)
    assert result.controls_until_paused is not None
    assert result.controls_until_paused < 10
    assert result.accuracy is None
