"""The exam: whether somebody's known answers let them in, as soon as it is clear."""

from collections.abc import Sequence
from typing import Literal

from aggregation.quality.skill import SkillPosterior

Verdict = Literal["passed", "failed"]


def exam_verdict(
    right: Sequence[bool], *, skill: float, probability: float, controls: int
) -> Verdict | None:
    """Return how an exam ends; None: it goes on.

    It is passed once the skill is at least `skill` with at least `probability`. It is failed once
    that cannot be reached any more, were every answer to come right, and after `controls` answers.

    Args:
        right: Whether each answer was right, in their order.
        skill: The skill that is wanted, in (0, 1).
        probability: How probable it must be, in (0, 1).
        controls: The most answers that the exam takes.

    Examples:
        >>> exam_verdict([True] * 10, skill=0.8, probability=0.9, controls=20)
        'passed'
        >>> exam_verdict([False] * 4, skill=0.8, probability=0.9, controls=20)
        'failed'
        >>> exam_verdict([True, False, True], skill=0.8, probability=0.9, controls=20)
    """
    given = sum(right)
    wrong = len(right) - given
    if SkillPosterior(given, wrong).probability_above(skill) >= probability:
        return "passed"
    best = SkillPosterior(controls - wrong, wrong)
    if len(right) >= controls or best.probability_above(skill) < probability:
        return "failed"
    return None
