"""Who differs from whom, by the groups that the settings declare people to be in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from aggregation.forms.form import labels_of, votes_of
from aggregation.subjective.people_groups import (
    Declared,
    GroupDifference,
    PeopleGroups,
    compare_groups,
)
from labeling.answers.types import CHOICES, AnswerType
from labeling.settings.sections import ReviewerSettings
from routing.facts.project import ProjectFacts
from tandem.report.wording import part_in_words

MOST_SHOWN = 10
"""Comparisons of each kind of group that the page shows, what differs most first."""


@dataclass(frozen=True, slots=True)
class ControlGroups:
    """The comparisons of one control, labels in words.

    Attributes:
        control: Its name.
        compared: The comparisons.
    """

    control: str
    compared: PeopleGroups

    @property
    def kinds(self) -> Sequence[tuple[str, Sequence[GroupDifference], int]]:
        """Each kind of group, the comparisons to show, and how many there are in all."""
        by_kind = [
            (kind, [*own]) for kind, own in groupby(self.compared.differences, lambda one: one.kind)
        ]
        return [(kind, _to_show(own), len(own)) for kind, own in by_kind]


def people_groups(facts: ProjectFacts) -> tuple[ControlGroups, ...]:
    """Compare what groups of people say, control by control.

    Args:
        facts: What is known of the project.

    Returns:
        One of each control that asks for one choice; none where nobody's groups are declared.
    """
    answers = [*chain.from_iterable(facts.consensus.people.values())]
    declared = declared_by(facts.settings.reviewers, {one.worker for one in answers})
    if not declared:
        return ()
    votes = votes_of(facts.equivalence, answers)
    found = []
    for control in facts.equivalence.form.controls:
        if control.answer_type not in CHOICES:
            continue
        compared = compare_groups(
            votes[control.from_name],
            declared,
            labels_of(control),
            is_scale=control.answer_type is AnswerType.SCALE,
        )
        in_words = tuple(
            replace(one, label=part_in_words(facts.equivalence, control.from_name, one.label, None))
            if one.label is not None
            else one
            for one in compared.differences
        )
        found.append(ControlGroups(control.from_name, replace(compared, differences=in_words)))
    return tuple(found)


def declared_by(reviewers: Sequence[ReviewerSettings], workers: set[str]) -> Declared:
    """Return the groups of people who answered, by the name that their answers count under.

    Args:
        reviewers: The reviewers of the settings.
        workers: Who answered; people are called by their e-mail.
    """
    groups = {one.email.lower(): one.groups for one in reviewers if one.groups}
    return {one: groups[one.lower()] for one in workers if one.lower() in groups}


def _to_show(differences: Sequence[GroupDifference]) -> Sequence[GroupDifference]:
    """Return what cannot be chance, then what differs most."""
    return sorted(differences, key=lambda one: not one.is_shown)[:MOST_SHOWN]
