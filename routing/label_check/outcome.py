"""What became of the labels that people were asked about again, and how many are still wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from aggregation.forms.form import is_same_when_read
from aggregation.label_errors.estimate import ErrorEstimate, estimate_errors
from routing.facts.project import ProjectFacts
from routing.ledger.label_checks import LabelCheck, PickedLabel

ReviewState = Literal["waiting", "confirmed", "mended", "unanswered"]


@dataclass(frozen=True, slots=True)
class ReviewedLabel:
    """What became of one label that people were asked about again.

    Attributes:
        pick: The label, as it stood.
        state: Whether people's answer left it (`confirmed`) or changed it (`mended`); `unanswered`:
            nobody is left to answer.
        label: The label that stands now; None: the task is gone, or has none.
    """

    pick: PickedLabel
    state: ReviewState
    label: str | None


def reviewed_labels(
    facts: ProjectFacts, checks: Sequence[LabelCheck], labels: Mapping[int, str]
) -> list[ReviewedLabel]:
    """Tell what became of the labels that checks gave to people.

    Args:
        facts: What is known of the project.
        checks: The checks.
        labels: The label of each task that stands now.

    Returns:
        One a label, in the order of their asking.
    """
    return [
        ReviewedLabel(one, _state_of(facts, one, labels.get(one.task)), labels.get(one.task))
        for check in checks
        for one in check.picks
    ]


def errors_left(
    reviewed: Sequence[ReviewedLabel], checks: Sequence[LabelCheck], seed: int
) -> ErrorEstimate:
    """Estimate how many labels were wrong before people reviewed some, and how many still are.

    Args:
        reviewed: What became of the labels that were given to people.
        checks: The checks, one at least.
        seed: Of the draws.

    Returns:
        The estimate; see `aggregation.label_errors.estimate`.
    """
    done = [one for one in reviewed if one.state in ("confirmed", "mended")]
    others = dict(checks[-1].others)
    for one in reviewed:
        if one not in done:
            others[one.pick.probability] = others.get(one.pick.probability, 0) + 1
    return estimate_errors(
        others,
        [one.pick.probability for one in done],
        [one.state == "mended" for one in done],
        seed=seed,
    )


def _state_of(facts: ProjectFacts, pick: PickedLabel, label: str | None) -> ReviewState:
    if pick.task in facts.votes_owed:
        return "waiting"
    decision = facts.state.decisions.get(pick.task)
    if decision is None or label is None or facts.votes_given(pick.task) < decision.votes:
        return "unanswered"
    return "confirmed" if is_same_when_read(facts.equivalence, pick.label, label) else "mended"
