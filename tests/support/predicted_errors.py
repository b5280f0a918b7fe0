"""Predicted errors of open items, and promises about them."""

import numpy as np
from scipy.stats import beta

from labeling.mathtypes import Floats
from routing.guarantee.audit_test import Promise


def error_curve(items: int, sharpness: float = 4.0, mean: float = 0.1) -> Floats:
    """Predicted errors of a Beta distribution: the sharper, the more are near to 0 or 1."""
    total = 4 / sharpness
    places = (np.arange(items) + 0.5) / items
    return np.asarray(beta.ppf(places, mean * total, (1 - mean) * total), dtype=np.float64)


def promise_of_open(
    items: int, error: float = 0.05, risk: float = 0.05, answered: int = 0
) -> Promise:
    """Promise that as many of so many open items may be wrong, however many others are answered."""
    return Promise(items + answered, error * items / (items + answered), risk)
