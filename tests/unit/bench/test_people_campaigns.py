"""Whole campaigns keep their promise while people are checked, paused and excluded."""

import json

import numpy as np
import pytest
from scipy.stats import binom

from bench import people_campaigns
from bench.forecast_worlds import PLAIN, ForecastWorld
from bench.people_campaigns import ERROR, PEOPLE, RISK, WORLDS, PeopleWorld, measure, run
from bench.supervised_project import Admin, Crowd, SupervisedProject
from labeling.settings.settings import Settings

pytestmark = pytest.mark.slow

SIZE, SEEDS = 80, 3
SETTINGS = Settings.model_validate(
    {"policy": {"target_error": 0.08}, "quality": {"controls_most": 0.5}}
)


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_more_promises_are_broken_than_is_stated(world: PeopleWorld) -> None:
    result = measure(world, SIZE, SEEDS)
    assert binom.sf(result.broken - 1, SEEDS, RISK) > 0.01


def test_a_campaign_is_the_same_again() -> None:
    assert run(WORLDS[-3], SIZE, seed=2) == run(WORLDS[-3], SIZE, seed=2)


def test_results_are_printed_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    people_campaigns.main(["--size", str(SIZE), "--seeds", "1", "--only", "never", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (found["campaigns"], found["holds"]) == (1, True)


def campaign(bad: int, admin: Admin) -> SupervisedProject:
    """Run a campaign of people who never err, but for some who always do from the freeze on."""
    beliefs = ForecastWorld(PLAIN).beliefs(SIZE, ERROR, 1)
    labels = beliefs.log_probabilities.shape[1]
    known = np.arange(40) % labels
    items, controls = (np.repeat(one[:, None], PEOPLE, axis=1) for one in (beliefs.gold, known))
    bad_items, bad_controls = items.copy(), controls.copy()
    bad_items[:, :bad] += 1
    bad_controls[:, :bad] += 1
    crowd = Crowd(
        np.stack([items, bad_items % labels]), np.stack([controls, bad_controls % labels]), known
    )
    begun = SupervisedProject(beliefs, crowd, SETTINGS, admin)
    while not begun.project.is_certified:
        begun.make_pass()
    return begun


def test_people_who_never_err_reject_what_is_wrong_and_nothing_else() -> None:
    ended = campaign(0, Admin())
    assert ended.differing() == ended.project.wrong_and_unchecked()
    assert ended.differing() <= ended.allowed()
    assert not ended.paused


def test_what_hung_on_whoever_is_excluded_is_asked_anew() -> None:
    ended = campaign(2, Admin(told_of=range(2), told_after=1))
    assert ended.excluded == {0, 1}
    assert ended.anew > 0
    said = {one.worker_id: one.answer for one in ended.project.facts.state.annotations}
    assert said[0] is said[1] is None
    assert ended.differing() == ended.project.wrong_and_unchecked()
