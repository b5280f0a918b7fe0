"""What the report says of labels that `tandem check` gave to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.label_errors.estimate import ErrorEstimate
from labeling.form.equivalence import Equivalence
from routing.facts.project import ProjectFacts
from routing.label_check.outcome import ReviewedLabel, errors_left, reviewed_labels
from routing.ledger.label_checks import LabelCheck
from tandem.report.wording import answer_in_words, item_in_words

LISTED = 20
"""Mended labels that the report lists."""


@dataclass(frozen=True, slots=True)
class MendedLabel:
    """A label that people changed when they were asked again, in words."""

    task: int
    text: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """What became of suspected labels.

    Attributes:
        given: Labels that people were asked about again.
        waiting: Those among them that wait for an answer.
        unanswered: Those that nobody is left to answer.
        estimate: How many labels are wrong, before and after, and how many were mended.
        mended: Some of the mended ones, the most suspect first.
    """

    given: int
    waiting: int
    unanswered: int
    estimate: ErrorEstimate
    mended: Sequence[MendedLabel]


def label_errors(
    facts: ProjectFacts, checks: Sequence[LabelCheck], labels: Mapping[int, str]
) -> LabelErrors | None:
    """Sum up what checks of the labels came to.

    Args:
        facts: What is known of the project.
        checks: The checks.
        labels: The label of each task that stands now.

    Returns:
        What became of the labels; None: none was given to people.
    """
    if not checks:
        return None
    reviewed = reviewed_labels(facts, checks, labels)
    mended = sorted(
        (one for one in reviewed if one.state == "mended"), key=lambda one: -one.pick.probability
    )
    return LabelErrors(
        given=len(reviewed),
        waiting=sum(one.state == "waiting" for one in reviewed),
        unanswered=sum(one.state == "unanswered" for one in reviewed),
        estimate=errors_left(reviewed, checks, facts.settings.policy.seed),
        mended=[_in_words(one, facts.equivalence, facts.state.texts) for one in mended[:LISTED]],
    )


def _in_words(
    one: ReviewedLabel, equivalence: Equivalence, texts: Mapping[int, str | None]
) -> MendedLabel:
    item = texts.get(one.pick.task)
    return MendedLabel(
        one.pick.task,
        item_in_words(equivalence, item),
        answer_in_words(equivalence, one.pick.label, item),
        answer_in_words(equivalence, one.label or "", item),
    )
