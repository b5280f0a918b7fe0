"""The learning curve holds what it says: its intervals are counted over simulated campaigns."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from routing.planning.learning_curve import Estimate, LessonScore, learning_curve

SEEDS = 40
ALIKE = 0.8
"""How much of being wrong is the text's own doing, the same in every lesson."""


def campaign(
    error: Callable[[float], float], judged: int, lessons: int, seed: int
) -> list[LessonScore]:
    """Lessons that err as often as they should, each judged on the same simulated texts."""
    rng = np.random.default_rng(seed)
    texts, scores, answers = rng.normal(size=judged), list[LessonScore](), judged
    for _ in range(lessons):
        luck = norm.cdf(ALIKE**0.5 * texts + (1 - ALIKE) ** 0.5 * rng.normal(size=judged))
        scores.append(LessonScore(answers, judged, int((luck < error(answers)).sum())))
        answers += max(20, round(0.2 * answers))
    return scores


WORLDS: dict[str, Callable[[float], float]] = {
    "learns": lambda answers: 1.2 * answers**-0.3,
    "learns down to a floor": lambda answers: 0.1 + 2 * answers**-0.5,
    "learns slowly": lambda answers: 0.5 * answers**-0.15,
    "learns nothing": lambda _: 0.2,
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("judged", "lessons"), [(60, 3), (150, 6)])
def test_the_interval_of_a_hundred_labels_more_holds(world: str, judged: int, lessons: int) -> None:
    error, held = WORLDS[world], 0
    for seed in range(SEEDS):
        scores = campaign(error, judged, lessons, seed)
        curve = learning_curve(scores)
        assert curve
        gain, last = curve.gain_of(100), scores[-1].answers
        held += gain.low - 1e-9 <= error(last) - error(last + 100) <= gain.high
    assert held >= 0.95 * SEEDS


def test_the_more_lessons_the_narrower_the_interval() -> None:
    scores = campaign(WORLDS["learns"], 300, 8, 0)
    widths = []
    for lessons in (2, 4, 8):
        curve = learning_curve(scores[:lessons])
        assert curve
        gain = curve.gain_of(100)
        widths.append(gain.high - gain.low)
    assert widths == sorted(widths, reverse=True)


def test_lessons_that_learn_are_told_from_lessons_that_do_not() -> None:
    steep = learning_curve([LessonScore(n, 300, round(300 * 4 * n**-0.6)) for n in (100, 200, 400)])
    flat = learning_curve([LessonScore(n, 300, 60) for n in (100, 200, 400)])
    assert steep
    assert flat
    assert steep.gain_of(100).low > 0.001
    assert flat.gain_of(100).low == 0
    assert flat.gain_of(100).high < steep.gain_of(100).expected


Lessons = st.lists(
    st.tuples(st.integers(20, 2_000), st.integers(1, 300), st.floats(0, 1)), min_size=2, max_size=8
)


def scores_of(drawn: Sequence[tuple[int, int, float]]) -> list[LessonScore]:
    return [
        LessonScore(answers, judged, round(share * judged))
        for answers, judged, share in sorted(drawn)
    ]


@given(Lessons, st.integers(0, 500))
@settings(deadline=None, max_examples=40)
def test_errors_only_fall_and_lie_in_their_interval(
    drawn: list[tuple[int, int, float]], more: int
) -> None:
    scores = scores_of(drawn)
    curve = learning_curve(scores)
    if curve is None:
        assert len({one.answers for one in scores}) == 1
        return

    def is_ordered(one: Estimate, least: float) -> bool:
        return least <= one.low <= one.expected <= one.high <= 1

    now, then = curve.error_after(curve.last), curve.error_after(curve.last + more)
    gain = curve.gain_of(more)
    assert is_ordered(now, 0)
    assert is_ordered(gain, 0)
    assert then.expected <= now.expected
    if now.high < 1:
        assert gain.expected == pytest.approx(now.expected - then.expected)
    assert curve.gain_of(0) == Estimate(0, 0, 0)
    assert gain.expected <= curve.gain_of(more + 100).expected
    assert curve.weights.sum() == pytest.approx(1)


def test_one_lesson_makes_no_curve() -> None:
    lesson = LessonScore(100, 60, 12)
    assert learning_curve([]) is None
    assert learning_curve([lesson]) is None
    assert learning_curve([lesson, lesson]) is None


def test_a_model_that_is_never_wrong_is_no_problem() -> None:
    curve = learning_curve([LessonScore(100, 60, 0), LessonScore(200, 60, 0)])
    assert curve
    assert 0 < curve.error_after(300).expected < 0.05


def test_lessons_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="ascending"):
        learning_curve([LessonScore(200, 60, 12), LessonScore(100, 60, 12)])


@pytest.mark.parametrize(("answers", "judged", "wrong"), [(0, 5, 1), (5, 0, 0), (5, 5, 6)])
def test_scores_out_of_bounds_are_refused(answers: int, judged: int, wrong: int) -> None:
    with pytest.raises(ValueError, match="judged"):
        LessonScore(answers, judged, wrong)
