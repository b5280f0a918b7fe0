"""Honest people whose work changes along a campaign are flagged no more often than stated."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from aggregation.quality.rules.contract import Work
from aggregation.quality.rules.registry import RULES
from bench.people_rules_campaigns import Campaign
from bench.people_rules_false import REVIEWS_LAST
from bench.people_rules_honest import LABELS, record
from labeling.mathtypes import Floats

SEEDS = 12
LEVELS = (0.2, 0.1, 0.05, 0.01)
HARDER = Campaign(phases=REVIEWS_LAST)
"""Items get harder and have other labels along the work, in sittings; more votes follow doubt."""
CAMPAIGNS = {
    "items get harder": HARDER,
    "three votes at first": replace(HARDER, votes=3, tasks=300),
    "programs answer": replace(HARDER, pace=0.02),
}


@pytest.fixture(scope="module", params=CAMPAIGNS.values(), ids=list(CAMPAIGNS))
def p_values(request: pytest.FixtureRequest) -> Mapping[str, Floats]:
    found: dict[str, list[float]] = defaultdict(list)
    for seed in range(SEEDS):
        work = request.param.work(seed)
        for name, rule in RULES.items():
            found[name] += [finding.p_value for finding in rule(work)]
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize("rule", [name for name in RULES if name not in {"copies", "prelabel"}])
def test_a_p_value_is_below_a_level_no_more_often_than_that(
    rule: str, p_values: Mapping[str, Floats]
) -> None:
    values = p_values[rule]
    assert len(values) > 100 or rule == "speed"
    for level in LEVELS:
        chance = 3 * np.sqrt(level * (1 - level) / max(1, len(values)))
        assert np.mean(values <= level) <= level + chance if len(values) else True, level


@pytest.mark.parametrize("forgotten", [["is_planned"], ["asked_as", "confidence"]])
def test_order_needs_to_know_what_changed(forgotten: list[str]) -> None:
    def seen(frame: pd.DataFrame) -> float:
        values = [one.p_value for one in RULES["order"](record(frame, controls=0))]
        return float(np.mean(np.array(values) <= 0.1))

    frames = [Campaign(phases=("audit", "review")).answers(seed) for seed in range(SEEDS)]
    honest = np.mean([seen(frame) for frame in frames])
    accused = np.mean([seen(frame.drop(columns=forgotten)) for frame in frames])
    assert honest <= 0.1 + 3 * np.sqrt(0.09 / (12 * SEEDS))
    assert accused > honest + 0.05


def test_who_begins_well_and_then_clicks_is_found_while_items_get_harder() -> None:
    found = []
    for seed in range(6):
        frame = replace(HARDER, people=6, tasks=600).answers(seed)
        who = str(frame["worker"].value_counts().index[0])
        own = frame[frame["worker"] == who].sort_values("submitted_at").index
        half = len(own) // 2
        frame.loc[own, "label"] = frame.loc[own, "truth"]
        clicked = np.random.default_rng(seed).choice(LABELS, len(own) - half)
        frame.loc[own[half:], "label"] = clicked
        found.append(_p_value("order", record(frame, controls=0), who))
    assert np.median(found) < 1e-3


def test_who_repeats_answers_is_found_while_items_get_harder() -> None:
    frame = HARDER.answers(0)
    who = str(frame["worker"].value_counts().index[0])
    own = frame[frame["worker"] == who].sort_values("submitted_at").index
    frame.loc[own, "label"] = [LABELS[place // 12 % 4] for place in range(len(own))]
    assert _p_value("runs", record(frame, controls=0), who) < 1e-6


def test_labels_that_become_common_along_the_work_are_no_runs() -> None:
    """Ninety people answer items of their own, of which one label gives way to another slowly."""
    rng, count = np.random.default_rng(3), 300
    said = rng.random((90, count)) < np.linspace(0.05, 0.95, count)
    frame = pd.DataFrame(
        {
            "task": np.arange(said.size),
            "worker": np.repeat([f"w{who}" for who in range(90)], count),
            "label": np.where(said.ravel(), "b", "a"),
        }
    )
    values = np.array([one.p_value for one in RULES["runs"](Work.of(frame))])
    assert len(values) == 90
    assert np.mean(values <= 0.1) <= 0.1 + 3 * np.sqrt(0.09 / 90)


def test_with_one_planned_vote_nobody_can_tell_whether_work_gets_worse() -> None:
    assert not RULES["order"](replace(HARDER, votes=1).work(0))


def test_of_few_people_nobody_s_rhythm_is_unusual() -> None:
    found = RULES["bursts"](replace(HARDER, people=4, pace=0.02).work(0))
    assert {one.p_value for one in found} == {1.0}


def _p_value(rule: str, work: Work, who: str) -> float:
    return next(one.p_value for one in RULES[rule](work) if one.workers[0] == who)
