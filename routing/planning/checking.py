"""Checking: what control tasks take of people, beside the labels of the dataset."""

from collections.abc import Sequence
from dataclasses import dataclass

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.skill import SkillPosterior, control_share
from labeling.settings.quality_section import QualitySettings
from routing.facts.vote_demands import Reviewer


@dataclass(frozen=True, slots=True)
class Checking:
    """What control tasks took, and how many are to come.

    Attributes:
        answered: Control tasks that people answered, once a person.
        skipped: Those that they skipped.
        share: How many control tasks come with an answer from now on, at most, in [0, 1].
        is_paid: Whether answers to them are paid for.
        known: How many there are in use.
        people: How many are asked them.
        disputed: How many wait for a decision, since their known answer is in doubt.
    """

    answered: int = 0
    skipped: int = 0
    share: float = 0.0
    is_paid: bool = True
    known: int = 0
    people: int = 0
    disputed: int = 0

    @property
    def is_any(self) -> bool:
        """Whether there are control tasks at all."""
        return bool(self.answered or self.skipped or self.share)


NO_CHECKING = Checking()


def checking(
    answered: int,
    skipped: int,
    answers: Sequence[ControlAnswer],
    reviewers: Sequence[Reviewer],
    quality: QualitySettings,
    known: int = 0,
    disputed: int = 0,
) -> Checking:
    """Return what control tasks took and will take, by what is known of people now.

    Who becomes known is asked fewer, and in the main project nobody is asked any, so what is to
    come is the most that they may take.

    Args:
        answered: Control tasks that people answered.
        skipped: Those that they skipped.
        answers: The answers that count, held against what is known.
        reviewers: Who reviews.
        quality: The settings.
        known: How many control tasks are in use.
        disputed: How many wait for a decision.

    Returns:
        What they take.
    """
    people = [one.worker for one in reviewers if not one.expert]
    shares = [_share(worker, answers, quality) for worker in people]
    has_any = quality.has_known_answers and bool(people)
    return Checking(
        answered,
        skipped,
        sum(shares) / len(shares) if has_any else 0.0,
        "controls" in quality.paid,
        known,
        len(people),
        disputed,
    )


def _share(worker: int, answers: Sequence[ControlAnswer], quality: QualitySettings) -> float:
    right = sum(one.is_right for one in answers if one.worker == worker)
    wrong = sum(not one.is_right for one in answers if one.worker == worker)
    least, most = quality.controls_least, quality.controls_most
    return control_share(SkillPosterior(right, wrong), least=least, most=most)
