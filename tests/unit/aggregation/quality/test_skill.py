"""What is known of somebody's skill, and how often it is worth asking for more."""

import pytest

from aggregation.quality.skill import SkillPosterior, control_share


def test_the_interval_narrows_around_the_share_of_right_answers() -> None:
    few, many = SkillPosterior(4, 1), SkillPosterior(80, 20)
    assert few.interval().low < many.interval().low < 0.8 < many.interval().high
    assert many.mean == pytest.approx(0.8, abs=0.01)
    assert many.probability_above(0.7) > 0.95 > few.probability_above(0.7)


def test_who_is_new_is_checked_most_and_who_is_proved_least() -> None:
    shares = [
        control_share(SkillPosterior(9 * n, n), least=0.01, most=0.1) for n in (0, 1, 5, 50, 500)
    ]
    assert shares[0] == pytest.approx(0.1)
    assert shares == sorted(shares, reverse=True)
    assert 0.01 < shares[-1] < 0.02
