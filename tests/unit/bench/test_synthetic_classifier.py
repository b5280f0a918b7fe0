"""The classifier of many labels is what its docstring says, and the same from the same seed."""

import numpy as np
import pytest

from bench.certificate import main
from bench.synthetic_classifier import SyntheticClassifier
from labeling.mathtypes import Floats
from labeling.metrics import expected_calibration_error

SMALL = {"items": 2000, "labels": 100}


def stated(manner: str) -> tuple[Floats, Floats]:
    """Its confidence, and whether it was right."""
    beliefs = SyntheticClassifier(manner, **SMALL).beliefs()  # type: ignore[arg-type]
    right = beliefs.log_probabilities.argmax(axis=1) == beliefs.gold
    return np.exp(beliefs.log_probabilities.max(axis=1)), right.astype(np.float64)


def test_calibrated_it_is_right_as_often_as_it_says() -> None:
    confidence, right = stated("calibrated")
    assert expected_calibration_error(confidence, right > 0) < 0.04


@pytest.mark.parametrize(("manner", "sign"), [("sharp", 1), ("flat", -1)])
def test_else_it_is_too_sure_or_not_sure_enough(manner: str, sign: int) -> None:
    confidence, right = stated(manner)
    assert sign * (confidence.mean() - right.mean()) > 0.1


def test_is_the_same_from_the_same_seed() -> None:
    first, again = (SyntheticClassifier("sharp", **SMALL, seed=3).beliefs() for _ in range(2))
    other = SyntheticClassifier("sharp", **SMALL, seed=4).beliefs()
    assert np.array_equal(first.log_probabilities, again.log_probabilities)
    assert np.array_equal(first.gold, again.gold)
    assert not np.array_equal(first.gold, other.gold)


def test_the_certificate_benchmark_wants_a_folder_or_a_classifier(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main([])
    assert "name a folder, or a --classifier" in capsys.readouterr().err
