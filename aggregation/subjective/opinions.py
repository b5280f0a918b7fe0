"""What people say of each control that asks for one choice, and whether there is one truth to it.

A control is subjective where the settings say so: votes alone cannot tell a matter of opinion from
what is merely hard. In any other project of one choice, single tasks may still divide able people;
see `aggregation.subjective.ambiguity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from aggregation.beliefs import Posterior, spread
from aggregation.by_type.base import Beliefs
from aggregation.consensus import ProjectConsensus
from aggregation.forms.form import answers_by_control, beliefs_of, labels_of
from aggregation.subjective.ambiguity import ambiguity
from aggregation.subjective.label_distributions import (
    LabelDistributions,
    label_distributions,
    vote_shares,
)
from labeling.answers.types import CHOICES
from labeling.controls import Control
from labeling.form.equivalence import Equivalence

LIKELY_AMBIGUOUS = 0.5
"""Above this probability that an item divides able people, no label of it is called wrong."""

NOBODY_SAYS = 0.05
"""Where no answer is the one truth, a label is wrong that a smaller share of people would give."""


@dataclass(frozen=True)
class ControlOpinions:
    """What people say of one control.

    Attributes:
        is_subjective: Whether the control has no single truth.
        votes: The labels that people gave each task, one a person.
        distributions: What people would say of each task.
        ambiguity: The probability that able people differ about a task, by task; empty of a form
            with several controls.
    """

    is_subjective: bool
    votes: Mapping[int, tuple[str, ...]]
    distributions: LabelDistributions
    ambiguity: Mapping[int, float]

    @cached_property
    def ambiguous(self) -> frozenset[int]:
        """The tasks that divide able people."""
        return frozenset(task for task, one in self.ambiguity.items() if one > LIKELY_AMBIGUOUS)

    def has_single_truth(self, task: int) -> bool:
        """Return whether a single label of a task can be right."""
        return not self.is_subjective and task not in self.ambiguous

    def probability_of_error(self, task: int, label: str) -> float | None:
        """Return how probable it is that hardly anybody would say a label.

        That is all that can be wrong with a label where no answer is the one truth.

        Args:
            task: A task.
            label: Its label.

        Returns:
            The probability, in [0, 1]; None where nothing is known of what people would say.
        """
        if task not in self.distributions.shares:
            return None
        return self.distributions.probability_below(task, label, NOBODY_SAYS)


NO_OPINIONS: Mapping[str, ControlOpinions] = MappingProxyType({})
"""Where no control asks for one choice, or it does not matter what people say."""


def opinions_of(consensus: ProjectConsensus) -> Mapping[str, ControlOpinions]:
    """Find what people say of each control that asks for one choice, a step or a side.

    Args:
        consensus: People's answers, and what the model believes of tasks, unseen.

    Returns:
        By the control's name; empty where no form is known.
    """
    equivalence = consensus.equivalence
    if equivalence is None:
        return {}
    form = equivalence.form
    votes = _votes(consensus, equivalence)
    beliefs = beliefs_of(form, consensus.beliefs)
    return {
        control.from_name: _opinions(
            control, consensus, equivalence, votes[control.from_name], beliefs[control.from_name]
        )
        for control in form.controls
        if control.answer_type in CHOICES
    }


def opinions_by_task(consensus: ProjectConsensus) -> Mapping[int, dict[str, Posterior]]:
    """Return what a model is to learn where people's opinion is asked.

    Args:
        consensus: People's answers.

    Returns:
        By task, and by subjective control, the share of people who gave each label: of the votes as
        they are, since a fit to many tasks needs no help of what they have in common.
    """
    equivalence = consensus.equivalence
    if equivalence is None:
        return {}
    asked = [one.from_name for one in equivalence.form.controls if equivalence.is_subjective(one)]
    found: dict[int, dict[str, Posterior]] = {}
    if asked:
        votes = _votes(consensus, equivalence)
        for name in asked:
            for task, labels in votes[name].items():
                found.setdefault(task, {})[name] = vote_shares(labels)
    return found


def _opinions(
    control: Control,
    consensus: ProjectConsensus,
    equivalence: Equivalence,
    votes: Mapping[int, tuple[str, ...]],
    beliefs: Beliefs,
) -> ControlOpinions:
    said = {label for own in votes.values() for label in own}
    said.update(belief.label for belief in beliefs.values())
    labels = list(dict.fromkeys([*labels_of(control), *sorted(said)]))
    believed = {task: spread(belief, labels) for task, belief in beliefs.items()}
    is_alone = equivalence.form.is_one_choice
    return ControlOpinions(
        equivalence.is_subjective(control),
        votes,
        label_distributions(votes, labels, believed),
        ambiguity(consensus.people, consensus.accuracies, len(labels)) if is_alone else {},
    )


def _votes(
    consensus: ProjectConsensus, equivalence: Equivalence
) -> Mapping[str, Mapping[int, tuple[str, ...]]]:
    """Take people's answers apart: the labels that they gave, by control and task."""
    form = equivalence.form
    votes: dict[str, dict[int, tuple[str, ...]]] = {one.from_name: {} for one in form.controls}
    for task, answers in consensus.people.items():
        for answer in answers:
            for name, label in answers_by_control(form, answer.label).items():
                votes[name][task] = (*votes[name].get(task, ()), label)
    return votes
