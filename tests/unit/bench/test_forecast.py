"""The forecast benchmark: campaigns of the controller's own decisions, and what they make of it."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.forecast import main, run
from bench.forecast_results import PHASES, ForecastCampaign, PhaseForecast, summaries
from bench.forecast_worlds import PLAIN, WORLD_NAMES, ForecastWorld, people_of
from labeling.settings.settings import Settings
from tandem.replay.people import erring
from tandem.replay.project import SimulatedProject

pytestmark = pytest.mark.slow

SIZE, ERROR = 120, 0.15


@pytest.fixture(scope="module")
def campaign() -> ForecastCampaign:
    return run([ForecastWorld(PLAIN)], SIZE, ERROR, 0)


def test_a_campaign_is_looked_at_from_the_start_to_the_audits(campaign: ForecastCampaign) -> None:
    assert {"start", "pilot", "freeze"} <= campaign.forecasts.keys() <= set(PHASES)
    came = [campaign.forecasts[one].came for one in PHASES if one in campaign.forecasts]
    assert came == sorted(came, reverse=True)
    assert came[0] == campaign.labels > SIZE / 2, "nobody had answered at the start"
    assert all(one.low <= one.expected <= one.high for one in campaign.forecasts.values())
    assert 0 < campaign.share < 1
    assert not campaign.is_broken


def test_the_same_seed_is_the_same_campaign(campaign: ForecastCampaign) -> None:
    assert run([ForecastWorld(PLAIN)], SIZE, ERROR, 0) == campaign


def test_reviewers_err_as_often_as_their_skill_says_and_always_alike() -> None:
    gold = np.zeros(4000, dtype=np.intp)
    answers = erring(gold, 3, [0.9, 1.0], 1)
    said = [answers(item, 0) for item in range(4000)]
    assert np.mean(np.array(said) == 0) == pytest.approx(0.9, abs=0.02)
    assert said == [answers(item, 0) for item in range(4000)]
    assert not any(answers(item, 1) for item in range(4000))


@pytest.mark.parametrize("name", WORLD_NAMES)
def test_a_world_has_as_many_items_as_it_is_asked_for(name: str) -> None:
    beliefs = ForecastWorld(name).beliefs(200, 0.1, 3)
    assert np.exp(beliefs.log_probabilities).sum(axis=1) == pytest.approx(np.ones(200))
    wrong = (beliefs.log_probabilities.argmax(axis=1) != beliefs.gold).mean()
    assert 0.02 < wrong < 0.5


def test_a_part_of_a_set_is_another_one_for_every_seed() -> None:
    whole = ForecastWorld(PLAIN).beliefs(300, 0.1, 0)
    parts = [ForecastWorld("set", whole).beliefs(100, 0.1, seed) for seed in (0, 1)]
    assert [len(one.gold) for one in parts] == [100, 100]
    assert not np.array_equal(parts[0].log_probabilities, parts[1].log_probabilities)


def test_everything_is_answered_once_it_is_certified() -> None:
    beliefs = ForecastWorld(PLAIN).beliefs(80, 0.2, 1)
    settings = Settings.model_validate({"policy": {"target_error": 0.2}})
    project = SimulatedProject(beliefs, people_of(beliefs, 1), settings)
    while not project.is_certified:
        project.make_pass()
        if not project.answer():
            break
    assert project.is_certified
    assert not project.facts.votes_owed
    assert project.wrong_and_unchecked() <= 16


class TestResults:
    def campaigns(self, campaign: ForecastCampaign, came: list[int]) -> list[ForecastCampaign]:
        forecasts = [{"pilot": PhaseForecast(100, 80, 120, one)} for one in came]
        return [replace(campaign, forecasts=one) for one in forecasts]

    def test_coverage_counts_the_intervals_that_held(self, campaign: ForecastCampaign) -> None:
        (found,) = summaries(self.campaigns(campaign, [79, 80, 120, 121]))
        pilot = found.phases["pilot"]
        assert (found.campaigns, pilot.campaigns, pilot.coverage) == (4, 4, 0.5)
        assert pilot.error == pytest.approx(0.25)
        assert pilot.width == pytest.approx(0.4)
        assert pilot.bias == pytest.approx(0.0)

    def test_worlds_are_told_apart(self, campaign: ForecastCampaign) -> None:
        some = self.campaigns(campaign, [100, 300])
        every, one, other = summaries([some[0], replace(some[1], world="zebra")])
        assert every.phases["pilot"].coverage == 0.5
        assert (one.phases["pilot"].coverage, other.phases["pilot"].coverage) == (1, 0)


def test_it_ends_with_one_object(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    arguments = ["--sizes", "80", "--seeds", "2", "--epsilon", "0.2", "--only", "model"]
    main([*arguments, "--cache", str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["nominal"] == 0.9
    assert set(told["least_coverage"]) <= set(PHASES)
    assert [one["campaigns"] for one in told["results"]] == [2]
