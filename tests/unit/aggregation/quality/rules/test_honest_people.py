"""Honest people, who differ in skill, bias, pace and habits, seldom look careless to any rule."""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import pytest

from aggregation.quality.rules.registry import RULES, examine
from bench.people_rules_honest import HonestCrowd, honest_texts
from labeling.mathtypes import Floats

SEEDS = 8
LEVELS = (0.2, 0.1, 0.05, 0.01)
CROWDS = {
    "six votes an item": HonestCrowd(),
    "many votes an item": HonestCrowd(people=40, tasks=150, votes=16),
}


@pytest.fixture(scope="module", params=CROWDS.values(), ids=list(CROWDS))
def p_values(request: pytest.FixtureRequest) -> Mapping[str, Floats]:
    found: dict[str, list[float]] = defaultdict(list)
    for seed in range(SEEDS):
        work = request.param.work(seed)
        for name, rule in RULES.items():
            found[name] += [finding.p_value for finding in rule(work)]
    return {name: np.array(values) for name, values in found.items()}


@pytest.mark.parametrize("rule", [name for name in RULES if name not in {"copies", "speed"}])
def test_a_p_value_is_below_a_level_no_more_often_than_that(
    rule: str, p_values: Mapping[str, Floats]
) -> None:
    values = p_values[rule]
    assert len(values) > 150
    _assert_valid(values)


def test_copies_are_no_more_often_alleged_than_the_p_value_says() -> None:
    values = [one.p_value for seed in range(SEEDS) for one in RULES["copies"](honest_texts(seed))]
    assert len(values) > 150
    _assert_valid(np.array(values))


def test_a_rule_speaks_of_a_person_once_and_its_p_values_are_probabilities() -> None:
    work = HonestCrowd().work(3)
    for rule in RULES.values():
        findings = rule(work)
        assert len({one.workers[0] for one in findings}) == len(findings)
        assert all(0 < one.p_value <= 1 and one.line for one in findings)


def test_hardly_any_honest_crowd_has_a_flag() -> None:
    with_flags = sum(bool(examine(HonestCrowd(tasks=200).work(seed))) for seed in range(20, 36))
    assert with_flags <= 3


def _assert_valid(values: Floats) -> None:
    for level in LEVELS:
        chance = 3 * np.sqrt(level * (1 - level) / len(values))
        assert np.mean(values <= level) <= level + chance, level
