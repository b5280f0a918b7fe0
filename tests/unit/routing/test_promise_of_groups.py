"""A promise a group: each is kept, in a world where one promise of all leaves a group behind."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from routing.facts.populations import frozen_of, promise_of, unchecked
from routing.ledger.records import LedgerState
from tests.support.grouped_world import LANGUAGES, POLICY, SIZES, GroupedWorld

SEEDS = 12
SURE = 1 - 1e-3
SIZE = dict(zip(LANGUAGES, SIZES, strict=True))


@pytest.mark.slow
def test_each_group_s_promise_is_broken_no_more_often_than_its_risk() -> None:
    broken: Counter[str | None] = Counter()
    for seed in range(SEEDS):
        world = GroupedWorld(seed, groups="language")
        broken.update({group for _ in world.passes() for group in world.broken})
    assert max(broken.values(), default=0) <= binom.ppf(SURE, SEEDS, POLICY["risk"])


@pytest.mark.slow
def test_one_promise_of_all_is_kept_while_more_is_wrong_in_the_hard_group() -> None:
    broken, wrong = 0, Counter[str | None]()
    for seed in range(SEEDS):
        world = GroupedWorld(seed)
        looks = [world.broken for _ in world.passes()]
        broken += any(looks)
        wrong.update(world.group[task] for task in world.wrong)
    assert broken <= binom.ppf(SURE, SEEDS, POLICY["risk"])
    assert wrong["en"] / (SEEDS * SIZE["en"]) < POLICY["target_error"]
    assert wrong["de"] / (SEEDS * SIZE["de"]) > POLICY["target_error"]


@pytest.fixture(scope="module")
def state() -> LedgerState:
    """What is known once each language's promise is certified."""
    return GroupedWorld(0, groups="language").end().state


class TestFrozenGroups:
    def test_are_populations_of_their_own_frozen_at_once(self, state: LedgerState) -> None:
        assert [str(one.group) for one in state.populations] == ["language: de", "language: en"]
        assert [one.number for one in state.populations] == [1, 2]
        assert [one.size for one in state.populations] == [SIZE["de"], SIZE["en"]]
        assert len({(one.frozen_at, one.model_version) for one in state.populations}) == 1

    def test_hold_the_tasks_of_their_group_alone(self, state: LedgerState) -> None:
        group = GroupedWorld(0).group
        for population in state.populations:
            frozen = frozen_of(state, population)
            tasks = {*frozen.answered, *frozen.labels}
            assert tasks == {task for task, one in group.items() if one == population.group_value}

    def test_have_audits_of_their_own_in_their_own_order(self, state: LedgerState) -> None:
        for population in state.populations:
            checks = [one for one in state.checks if one.population == population.number]
            audits = [one.task for one in checks if one.kind == "audit"]
            others = {one.task for one in checks if one.kind == "review"}
            order = [one for one in frozen_of(state, population).order if one not in others]
            assert audits == order[: len(audits)]

    def test_are_all_certified(self, state: LedgerState) -> None:
        assert all(one.kept_at is not None for one in state.populations)


def test_tasks_that_do_not_state_it_are_a_group_of_their_own() -> None:
    state = GroupedWorld(1, languages=("en", None), groups="language").end().state
    names = {str(one.group): one.size for one in state.populations}
    assert names == {"language: en": 120, "language: not stated": 30}


def test_a_group_so_small_that_no_label_may_be_wrong_is_labelled_by_people() -> None:
    world = GroupedWorld(2, sizes=(120, 8), groups="language")
    small, _ = world.end().state.populations
    assert (small.size, promise_of(small).allowed) == (8, 0)
    assert not unchecked(world.facts.state, small)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_without_the_setting_groups_change_nothing(seed: int) -> None:
    here, elsewhere = (
        GroupedWorld(seed, (60, 20), languages) for languages in (LANGUAGES, (None, None))
    )
    for one, other in zip(here.passes(), elsewhere.passes(), strict=True):
        assert one.state.decisions == other.state.decisions
        assert one.state.members == other.state.members
        assert one.state.checks == other.state.checks
    assert all(one.group is None for one in here.facts.state.populations)


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1000))
def test_one_group_alone_is_reviewed_and_frozen_as_all_are_without_groups(seed: int) -> None:
    whole = GroupedWorld(seed, (60, 20), ("en", "en"))
    alone = GroupedWorld(seed, (60, 20), ("en", "en"), groups="language")
    for one, other in zip(whole.passes(), alone.passes(), strict=False):
        assert one.state.members == other.state.members
        if one.state.populations:
            break
        assert one.state.decisions == other.state.decisions
