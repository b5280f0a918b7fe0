"""How soon the sequential test finds somebody of a given skill: exact, before anybody is asked.

The evidence of `aggregation.quality.skill_test` depends on how many known answers somebody got
right and wrong, and not on their order. So the distribution of the first alarm follows by the
forward recursion of a first passage over these counts: after each answer, the probability of the
counts at which the test ends is taken out, and the rest goes on as a binomial walk (the exact
method for closed sequential tests; Schultz et al., "Multiple-stage procedures for drug screening",
Biometrics 29, 1973).
"""

import numpy as np
from scipy.special import logsumexp

from aggregation.quality.skill_test import ALTERNATIVES, log_payoffs
from labeling.mathtypes import Floats


def found_within(skill: float, good: float, risk: float, controls: int) -> Floats:
    """Return the probability that somebody was found by each of so many known answers.

    Whoever is less skilled is found sooner, so of all below `skill` it is the least probability.

    Args:
        skill: The share of known answers that they get right, in [0, 1].
        good: The skill that people are to have, in (0, 1).
        risk: The evidence must reach 1 / risk, in (0, 1).
        controls: How many known answers they are asked.

    Returns:
        The probability that the test ended after 1, 2, … of them, shape (controls,).

    Examples:
        >>> found = found_within(0.5, good=0.75, risk=0.01, controls=60)
        >>> [round(float(found[n - 1]), 2) for n in (5, 15, 30, 60)]
        [0.0, 0.18, 0.49, 0.84]
        >>> int(np.argmax(found >= 0.5)) + 1
        32
    """
    of_right = log_payoffs(np.array(True), np.array(1.0), good)[:, None]
    of_wrong = log_payoffs(np.array(False), np.array(1.0), good)[:, None]
    enough = np.log(ALTERNATIVES) - np.log(risk)
    going_on, ended = np.ones(1), np.zeros(controls)
    for asked in range(1, controls + 1):
        going_on = np.append(going_on * (1 - skill), 0.0) + np.append(0.0, going_on * skill)
        right = np.arange(asked + 1)
        is_found = logsumexp(right * of_right + (asked - right) * of_wrong, axis=0) >= enough
        ended[asked - 1] = going_on[is_found].sum()
        going_on[is_found] = 0.0
    found: Floats = np.cumsum(ended)
    return found
