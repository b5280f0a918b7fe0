"""Whole campaigns with people who err: promises are kept while the model disputes their labels."""

import json

import pytest
from scipy.stats import binom

from bench.disputes import RISK, DisputedCampaign, main, run, summary
from bench.forecast_worlds import WORLD_NAMES

pytestmark = pytest.mark.slow

SEEDS = 2 * len(WORLD_NAMES)


@pytest.fixture(scope="module")
def campaigns() -> list[DisputedCampaign]:
    names = (WORLD_NAMES[seed % len(WORLD_NAMES)] for seed in range(SEEDS))
    return [run(name, 120, 0.1, seed) for seed, name in enumerate(names)]


def test_a_promise_is_broken_no_more_often_than_its_risk(
    campaigns: list[DisputedCampaign],
) -> None:
    broken = sum(one.is_broken for one in campaigns)
    assert broken <= binom.ppf(1 - 1e-4, SEEDS, RISK)
    assert any(one.differing for one in campaigns), "else there is nothing to count"


def test_no_label_stays_improbable_while_another_vote_is_worth_its_price(
    campaigns: list[DisputedCampaign],
) -> None:
    assert sum(one.affordable for one in campaigns) == 0
    assert sum(one.doubtful for one in campaigns) <= len(campaigns)


def test_disputes_make_labels_better(campaigns: list[DisputedCampaign]) -> None:
    total = summary("all", campaigns)
    assert total.disputes > 1
    assert total.after > total.before
    assert total.holds


def test_it_ends_with_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--size", "80", "--epsilon", "0.2", "--seeds", "1", "--only", "learns", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [one["world"] for one in found["results"]] == ["model that learns", "all"]
    assert found["risk"] == RISK
