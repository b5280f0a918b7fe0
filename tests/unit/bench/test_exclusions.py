"""Certificates keep their promise while people who audited are paused and excluded."""

import json

import pytest
from scipy.stats import binom

from bench import exclusions
from bench.exclusions import PROMISE, WORLDS, ExclusionWorld, measure, run

SEEDS = 30


@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
def test_no_more_certificates_are_false_than_is_stated(world: ExclusionWorld) -> None:
    result = measure(world, SEEDS)
    assert binom.sf(result.false - 1, SEEDS, PROMISE.risk) > 0.01
    assert result.replaced > 0


def test_a_campaign_is_the_same_again() -> None:
    assert run(WORLDS[0], seed=5) == run(WORLDS[0], seed=5)


def test_results_are_printed_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    exclusions.main(["--seeds", "2", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert found["holds"]
    assert [one["world"] for one in found["worlds"]] == [world.name for world in WORLDS]
