"""Disputed control tasks: what people did that puts a known answer in doubt. Pure.

Nobody is to be held against an answer that is wrong. So what several people skip, and what people
who are good elsewhere answer alike and otherwise, no longer counts until somebody decides.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.skill import SkillPosterior
from labeling.form.equivalence import Equivalence
from routing.ledger.control_tasks import FirstAnswer

PEOPLE = 2
"""How many people it takes at least; a single one who skips all would otherwise end every check."""

SKIPPED_SHARE = 0.5
"""The share of those who were asked that have to have skipped it."""


def disputed(
    given: Sequence[FirstAnswer],
    answers: Sequence[ControlAnswer],
    equivalence: Equivalence,
    good: float,
) -> frozenset[int]:
    """Return the control tasks whose known answer is in doubt.

    Either several people skipped one, and no fewer than answered it. Or several people who are
    good by all their other control answers say the same, which is not accepted, and they are more
    than the good people whose answer is.

    Args:
        given: What people first said of control tasks, skips too.
        answers: The answers among it, held against what is known.
        equivalence: The form, and which of its answers say the same.
        good: The skill that people are to have, in (0, 1).

    Returns:
        The numbers of the control tasks.
    """
    asked = Counter(one.control for one in given)
    skipped = Counter(one.control for one in given if one.was_skipped)
    unwanted = {
        control
        for control, times in skipped.items()
        if times >= PEOPLE and times >= SKIPPED_SHARE * asked[control]
    }
    return frozenset(unwanted | _contradicted(answers, equivalence, good))


def _contradicted(
    answers: Sequence[ControlAnswer], equivalence: Equivalence, good: float
) -> set[int]:
    of_person = _tallies(answers)
    by_control: dict[int, list[ControlAnswer]] = defaultdict(list)
    for one in answers:
        right, wrong = of_person[one.worker]
        elsewhere = SkillPosterior(right - one.is_right, wrong - (not one.is_right))
        if elsewhere.mean >= good:
            by_control[one.control].append(one)
    return {
        control
        for control, said in by_control.items()
        if _most_alike([one.answer for one in said if not one.is_right], equivalence)
        >= max(PEOPLE, sum(one.is_right for one in said) + 1)
    }


def _tallies(answers: Collection[ControlAnswer]) -> Mapping[int, tuple[int, int]]:
    right = Counter(one.worker for one in answers if one.is_right)
    wrong = Counter(one.worker for one in answers if not one.is_right)
    return {worker: (right[worker], wrong[worker]) for worker in right.keys() | wrong.keys()}


def _most_alike(answers: Sequence[str], equivalence: Equivalence) -> int:
    """Return how many of some answers say the same as one of them, at most."""
    return max(
        (sum(equivalence.is_same_answer(one, other) for other in answers) for one in answers),
        default=0,
    )
