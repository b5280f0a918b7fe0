"""How often somebody of a known skill passes the exam: worked out, not drawn."""

from collections import defaultdict
from dataclasses import dataclass

from aggregation.quality.exam import exam_verdict
from labeling.settings.quality_section import QualitySettings

SKILLS = (0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class ExamResult:
    """What becomes of people of one skill.

    Attributes:
        skill: Their share of right answers.
        passed: The probability that they pass, retries included.
        answers: Known answers that the first attempt takes, on average.
    """

    skill: float
    passed: float
    answers: float


def exam_of(skill: float, quality: QualitySettings) -> ExamResult:
    """Work out an exam of somebody who is right in a share of the items, each by itself.

    Args:
        skill: The share.
        quality: The settings, which name length, pass mark and retries.

    Returns:
        How it ends.
    """
    passed, answers = 0.0, 0.0
    # Of having so many right, and so many wrong.
    chance = {(0, 0): 1.0}
    while chance:
        later = defaultdict[tuple[int, int], float](float)
        for (right, wrong), probability in chance.items():
            verdict = exam_verdict(
                [True] * right + [False] * wrong,
                skill=quality.exam_skill,
                probability=quality.exam_probability,
                controls=quality.exam_controls,
            )
            if verdict is None:
                answers += probability
                later[right + 1, wrong] += probability * skill
                later[right, wrong + 1] += probability * (1 - skill)
            elif verdict == "passed":
                passed += probability
        chance = later
    return ExamResult(skill, 1 - (1 - passed) ** (quality.exam_retries + 1), answers)
