"""Suspected errors where any labels of a closed set may apply: one too few, or one too many."""

from collections.abc import Mapping, Sequence

from aggregation.label_errors.evidence import fused
from aggregation.label_errors.records import ErrorKind, Suspicion
from labeling.answers.types import strings_of


def suspect_set(
    task: int,
    control: str,
    label: str,
    votes: Sequence[tuple[str, str]],
    by_votes: Mapping[str, float],
    believed: Mapping[str, float],
) -> Suspicion | None:
    """Say which label of a set, or which that it lacks, is the most suspect.

    Args:
        task: The task.
        control: The control's name.
        label: The set that stands.
        votes: Who answered what.
        by_votes: Probability by votes alone that each label applies.
        believed: The same by the model, out of fold; empty: it says nothing.

    Returns:
        The most suspect label; None where nothing is known of any.
    """
    standing = set(strings_of(label))
    suspects = {}
    for one in {*by_votes, *believed}:
        applies = fused(by_votes.get(one, 0.5), believed.get(one))
        suspects[one] = 1 - applies if one in standing else applies
    if not suspects:
        return None
    worst = min(suspects, key=lambda one: (-round(suspects[one], 9), one))
    named = {worker: worst in strings_of(answer) for worker, answer in votes}
    is_surplus = worst in standing
    agreed = tuple(worker for worker, names in named.items() if names == is_surplus)
    return Suspicion(
        task=task,
        control=control,
        kind=ErrorKind.SURPLUS_LABEL if is_surplus else ErrorKind.MISSING_LABEL,
        probability=suspects[worst],
        label=label,
        part=worst,
        other="" if is_surplus else worst,
        other_probability=suspects[worst],
        given_by=agreed or ("model",) * (not votes),
        votes_for=len(agreed),
        votes_against=len(named) - len(agreed),
    )
