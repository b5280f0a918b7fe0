"""What control tasks are worth: whom they find within the work to come, and what that spares. Pure.

They cost answers that are no labels; see `routing.planning.checking`. What they give is told of
somebody who cannot do the task: how probably the sequential test finds them within an equal share
of the work, by the exact distribution of its first alarm (`aggregation.quality.detection`), and how
many wrong answers they would give otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.settings.quality_section import QualitySettings

UNSKILLED = (2 / 3, 4 / 5)
"""Skills that are looked at, as parts of `quality.good`: of .75, these are .50 and .60."""

MOST_CONTROLS = 500
"""Control tasks of one person that are looked at; by then anybody of these skills is found."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What control tasks are worth where somebody has too little skill.

    Attributes:
        skill: The share of items that they get right, in [0, 1]; who gets fewer is found sooner.
        answers: Ordinary answers that they would give, an equal share of the work.
        controls: Control tasks that they are asked beside these, at most.
        found: The probability, at least, that they are found within these.
        half: The control tasks after which half of such people are found; None: more than are
            looked at.
        wrong: Wrong answers that they would give if nobody found them, as expected.
        spared: Those among it that they would be asked for after they are paused, as expected.
    """

    skill: float
    answers: float
    controls: int
    found: float
    half: int | None
    wrong: float
    spared: float


def worth_of_checking(
    labels: float, people: int, known: int, quality: QualitySettings, *, has_peers: bool
) -> list[Worth]:
    """Return what control tasks are worth within the work to come, by skill.

    Args:
        labels: Human labels that the work takes.
        people: How many share it.
        known: Control tasks that are in use, of which nobody is asked one twice.
        quality: The settings.
        has_peers: Whether peers' answers stand beside known ones. These are then played with half
            of the stake, which the probability counts on alone, so that it is a lower bound.

    Returns:
        A line per skill of `UNSKILLED`; none where no control task can be asked.
    """
    if not people or labels <= 0:
        return []
    answers = labels / people
    # Of who is in doubt, they are the most that the settings allow.
    asked = min(int(answers * quality.controls_most), known, MOST_CONTROLS)
    if asked < 1:
        return []
    risk = quality.wrongly_paused / 2 if has_peers else quality.wrongly_paused
    return [_worth(part * quality.good, answers, asked, risk, quality) for part in UNSKILLED]


def _worth(
    skill: float, answers: float, asked: int, risk: float, quality: QualitySettings
) -> Worth:
    # Here, since scipy would slow every command's start.
    from aggregation.quality.detection import found_within

    found: Sequence[float] = found_within(skill, quality.good, risk, MOST_CONTROLS).tolist()
    half = next((n for n, probability in enumerate(found, start=1) if probability >= 0.5), None)
    # Found after n control tasks, they have given n of `asked` parts of their answers.
    spared = sum(found[: asked - 1]) / asked if quality.pause else 0.0
    wrong = answers * (1 - skill)
    return Worth(skill, answers, asked, found[asked - 1], half, wrong, wrong * spared)
