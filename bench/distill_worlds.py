"""Worlds whose true loss is known: how often a cascade's threshold loses more than was stated."""

import numpy as np

from backend.classifiers.cascade import HeldOutAnswers, choose_rule


def worlds(number: int, answers: int, loss: float, risk: float) -> tuple[int, float]:
    """Set thresholds in drawn worlds whose true loss is known.

    The student's confidence comes true, the teacher is right in .9 of all texts whatever they are,
    so that the student loses more the less sure it is.

    Args:
        number: How many worlds.
        answers: Held-out answers in each.
        loss: What may be lost.
        risk: But for this probability.

    Returns:
        In how many of them more was lost, and the mean share that the student answers.
    """
    broken, shares = 0, []
    for seed in range(number):
        random = np.random.default_rng(seed)
        confidence = random.uniform(0.4, 1.0, answers)
        student, teacher = random.random(answers) < confidence, random.random(answers) < 0.9
        rule = choose_rule(HeldOutAnswers(confidence, student, teacher), loss, risk)
        low = 1.0 if rule.threshold is None else max(rule.threshold, 0.4)
        shares.append((1 - low) / 0.6)
        broken += shares[-1] * (0.9 - (1 + low) / 2) > loss
    return broken, float(np.mean(shares)) if shares else 0.0
