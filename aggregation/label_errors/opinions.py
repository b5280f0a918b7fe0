"""Suspected labels where people are asked for their opinion: hardly anybody would say so."""

from dataclasses import replace

from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.subjective.opinions import ControlOpinions

PROBABLY = 0.5
"""Above this probability that hardly anybody would say a label, it is called wrong."""


def as_opinion(one: Suspicion, opinions: ControlOpinions) -> Suspicion:
    """Judge a label by what people would say, in place of one truth.

    That others say something else is no sign of an error then. A label is wrong where hardly
    anybody would give it, whoever gave it: a slip, or an answer of the model's.

    Args:
        one: What is suspected of it.
        opinions: What people say of its control.

    Returns:
        The suspicion as it is where the control has one truth.
    """
    if not opinions.is_subjective:
        return one
    wrong = opinions.probability_of_error(one.task, one.label)
    shares = opinions.distributions.shares.get(one.task, {})
    others = {label: share for label, share in shares.items() if label != one.label}
    other = max(others, key=lambda label: round(others[label], 9), default="")
    is_wrong = wrong is not None and wrong > PROBABLY
    return replace(
        one,
        kind=ErrorKind.WRONG_LABEL if is_wrong else ErrorKind.NO_SINGLE_TRUTH,
        probability=wrong or 0.0,
        other=other,
        other_probability=others.get(other, 0.0),
        share=shares.get(one.label),
    )
