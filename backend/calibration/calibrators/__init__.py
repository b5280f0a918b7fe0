"""The calibrators, from the simplest on, and how one is read back from disk."""

from collections.abc import Mapping
from typing import Any

from backend.calibration.calibrators.base import Calibrator, TopCalibrator
from backend.calibration.calibrators.beta import Beta
from backend.calibration.calibrators.binning import Histogram, Isotonic
from backend.calibration.calibrators.identity import IdentityCalibrator
from backend.calibration.calibrators.label_effects import LabelEffects
from backend.calibration.calibrators.scaling import Temperature, VectorScaling
from labeling.json_values import table, text

__all__ = [
    "METHODS",
    "Calibrator",
    "LabelEffects",
    "TopCalibrator",
    "VectorScaling",
    "calibrator_from_json",
    "methods_for",
]

METHODS: dict[str, type[Calibrator]] = {
    method.name: method
    for method in (
        IdentityCalibrator,
        Temperature,
        VectorScaling,
        Beta,
        LabelEffects,
        Histogram,
        Isotonic,
    )
}
"""The calibrators by name, from the simplest to the most flexible."""

MOST_SHIFTED = 32
"""Labels up to which each may have a shift of its own; of more, few answers speak of each, and the
top label alone may have an effect."""


def methods_for(labels: int, *, is_symmetric: bool = False) -> dict[str, type[Calibrator]]:
    """Return the calibrators that suit so many labels, by name, from the simplest on.

    Args:
        labels: How many there are.
        is_symmetric: Whether no label may be treated otherwise than another.

    Returns:
        The classes of those that may be fitted.
    """
    of_each: set[type[Calibrator]] = {VectorScaling, LabelEffects}
    if not is_symmetric:
        of_each.remove(VectorScaling if labels <= MOST_SHIFTED else LabelEffects)
    return {name: method for name, method in METHODS.items() if method not in of_each}


def calibrator_from_json(content: Mapping[str, Any]) -> Calibrator:
    """Read what `Calibrator.to_json` wrote.

    Raises:
        ValueError: It did not.
    """
    rest = dict(table(content))
    name = text(rest.pop("method", None))
    if name not in METHODS:
        raise ValueError("there is no such calibrator")
    return METHODS[name].from_json(rest)
