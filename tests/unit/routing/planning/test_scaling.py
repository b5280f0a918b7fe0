"""What a large population asks of people, told by smaller ones that are spread alike."""

import numpy as np
import pytest

from routing.planning.basis import Basis
from routing.planning.course import Course
from routing.planning.scaling import grown, growth, thinned


def test_a_thinned_population_is_spread_alike_and_keeps_its_share_of_answers() -> None:
    errors = np.random.default_rng(0).beta(0.7, 3.5, 8_000)
    found = thinned(Basis(errors, size=9_000, risk=0.05, pilot=300), 4.0)
    assert (len(found.errors), found.size, found.pilot) == (2_000, 2_250, 300)
    for share in (0.1, 0.5, 0.9):
        assert np.quantile(found.errors, share) == pytest.approx(
            np.quantile(errors, share), abs=0.01
        )


@pytest.mark.parametrize(
    ("whole", "half", "exponent"), [(200, 100, 1.0), (100, 100, 0.0), (0, 0, 0.0), (500, 100, 1.0)]
)
def test_audits_grow_as_they_do_from_half_of_it(whole: int, half: int, exponent: float) -> None:
    assert growth([Course(0, 0, whole)], [Course(0, 0, half)]) == exponent


def test_reviews_grow_with_the_population_and_the_pilot_not_at_all() -> None:
    assert grown([Course(60, 100, 40)], 9.0, 0.5) == [Course(60, 900, 120)]
