"""The threshold: the lowest confidence at which checked items reach the target."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.threshold import LEAST_CHECKED, Checked, accuracy_above, choose

CHECKED = st.lists(st.builds(Checked, st.floats(0, 1), st.booleans()), max_size=80)


def sample(rng: random.Random, size: int) -> list[Checked]:
    """Draw items whose confidence is calibrated."""
    confidences = [rng.betavariate(3, 1) for _ in range(size)]
    return [Checked(one, rng.random() < one) for one in confidences]


@given(CHECKED, st.floats(0.5, 1))
def test_what_is_chosen_has_both_witnesses(checked: list[Checked], target: float) -> None:
    threshold = choose(checked, target)
    if threshold.value is None:
        return
    above = [one for one in checked if one.confidence >= threshold.value]

    assert len(above) >= LEAST_CHECKED
    assert sum(one.is_right for one in above) >= target * len(above)
    assert sum(one.confidence for one in above) >= target * len(above) - 1e-9
    assert threshold.low is not None
    assert threshold.high is not None
    assert threshold.estimate is not None
    assert threshold.low <= threshold.estimate <= threshold.high


@given(CHECKED, st.floats(0.5, 1), st.randoms())
def test_the_order_of_the_items_does_not_matter(
    checked: list[Checked], target: float, rng: random.Random
) -> None:
    shuffled = rng.sample(checked, len(checked))

    assert choose(shuffled, target) == choose(checked, target)


def test_too_few_checked_items_draw_no_threshold() -> None:
    perfect = [Checked(1.0, True)] * (LEAST_CHECKED - 1)

    assert choose(perfect, 0.9).value is None
    assert choose([*perfect, Checked(1.0, True)], 0.9).value == 1.0


def test_a_model_that_is_wrong_is_never_accepted() -> None:
    assert choose([Checked(0.99, False)] * 100, 0.9).value is None


def test_an_overconfident_model_is_held_to_what_people_found() -> None:
    checked = [Checked(0.99, n % 2 == 0) for n in range(100)]

    assert choose(checked, 0.9).value is None


def test_the_target_is_met_on_average_over_many_samples() -> None:
    target, rng = 0.9, random.Random(1)
    accuracies = []
    for _ in range(300):
        threshold = choose(sample(rng, 100), target)
        if threshold.value is not None:
            fresh = sample(rng, 500)
            right = [one.is_right for one in fresh if one.confidence >= threshold.value]
            accuracies.append(sum(right) / len(right))

    assert len(accuracies) > 250
    assert sum(accuracies) / len(accuracies) == pytest.approx(target, abs=0.02)


def test_a_threshold_that_was_set_says_what_is_known_above_it() -> None:
    known = accuracy_above(
        0.8, [Checked(0.9, True), Checked(0.85, False), Checked(0.1, False)], "set"
    )

    assert known.estimate == 0.5
    assert accuracy_above(0.95, [Checked(0.9, True)], "set").estimate is None
