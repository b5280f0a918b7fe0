"""Suspected errors where any labels of a closed set may apply: one too few, or one too many."""

from collections.abc import Mapping, Sequence

from aggregation.label_errors.records import ErrorKind, Suspicion, givers
from labeling.answers.types import strings_of


def suspect_set(
    task: int,
    control: str,
    label: str,
    votes: Sequence[tuple[str, str]],
    applies: Mapping[str, float],
) -> Suspicion | None:
    """Say which label of a set, or which that it lacks, is the most suspect.

    Args:
        task: The task.
        control: The control's name.
        label: The set that stands.
        votes: Who answered what.
        applies: Probability that each label applies, by all that is known.

    Returns:
        The most suspect label; None where nothing is known of any.
    """
    if not applies:
        return None
    standing = set(strings_of(label))
    suspects = {one: 1 - p if one in standing else p for one, p in applies.items()}
    worst = min(suspects, key=lambda one: (-round(suspects[one], 9), one))
    is_surplus = worst in standing
    agreed = [who for who, answer in votes if (worst in strings_of(answer)) == is_surplus]
    return Suspicion(
        task=task,
        control=control,
        kind=ErrorKind.SURPLUS_LABEL if is_surplus else ErrorKind.MISSING_LABEL,
        probability=suspects[worst],
        label=label,
        part=worst,
        other="" if is_surplus else worst,
        other_probability=suspects[worst],
        given_by=givers(agreed, votes),
        votes_for=len(agreed),
        votes_against=len(votes) - len(agreed),
    )
