"""The labels of tasks that people answered: people's own, and the final one. Pure.

Wherever a promise holds, people have the last word but in the labels that its certificate names:
see `docs/promise.md`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from aggregation.consensus import ProjectConsensus
from aggregation.forms.form import is_same_when_read
from labeling.form.equivalence import Equivalence
from routing.facts.populations import being_checked, certified_before, overruled_in
from routing.ledger.records import LedgerState


@dataclass(frozen=True, eq=False)
class TaskLabels:
    """What the labels of answered tasks are; each fact is worked out once.

    Args:
        state: What the ledger knows.
        consensus: What people's answers and the model's beliefs come to.
        equivalence: The form, and which of its answers say the same.
        controls: The tasks whose label is known to be right.
        in_question: The checked tasks whose recorded answer is that of excluded people alone.
    """

    state: LedgerState
    consensus: ProjectConsensus
    equivalence: Equivalence
    controls: Collection[int] = ()
    in_question: Collection[int] = ()

    @cached_property
    def counted(self) -> Mapping[int, str]:
        """What a certificate counts as people's label, in their own words, by task.

        It stands for as long as the task has an answer at all, whatever is answered later; unless
        the label is disputed, and people are asked once more, or only somebody who is excluded now
        said so.
        """
        labels, decisions = self.consensus.labels, self.state.decisions
        return {
            one.task: labels[one.task]
            if is_same_when_read(self.equivalence, one.answer, labels[one.task])
            else one.answer
            for one in self.state.checks
            if one.answer is not None
            and one.task in labels
            and one.task not in self.in_question
            and not (one.task in decisions and decisions[one.task].kind == "dispute")
        }

    @cached_property
    def people(self) -> Mapping[int, str]:
        """People's own label, by task."""
        return {**self.consensus.labels, **self.counted}

    @cached_property
    def final(self) -> Mapping[int, str]:
        """The label, by task: the most probable by all that is known.

        What is known to be right stays so. In a frozen population the model overrules people in
        those labels alone that its certificate names.
        """
        return {
            task: own if self._is_people_s(task) else self.consensus.final_labels[task]
            for task, own in self.people.items()
        }

    @cached_property
    def overruled(self) -> frozenset[int]:
        """The tasks in whose labels the model may overrule people, by the certificates."""
        return frozenset(
            one.task for population in self.state.populations for one in overruled_in(population)
        )

    def is_contradicted(self, task: int) -> bool:
        """Return whether all that is known makes another label likelier than people's own."""
        if task in self.controls or not self.consensus.is_undivided(task):
            return False
        own, final = self.people[task], self.consensus.final_labels[task]
        return own != final and not self.equivalence.is_same_answer(own, final)

    def disputable_probability(self, task: int) -> float | None:
        """Return the probability of the label that all that is known makes the most probable.

        None where it cannot be disputed: it is known to be right, or it was certified under another
        label config, or it is being checked, since the model must not decide how often it is.
        """
        if task in self.controls or task in self._undisputable:
            return None
        return self.consensus.final_probabilities.get(task)

    def _is_people_s(self, task: int) -> bool:
        """Return whether people's own label stands, whatever the model believes."""
        if task in self.overruled:
            return False
        if task in self.controls or task in self.counted:
            return True
        return task in self.state.members and self.consensus.is_undivided(task)

    @cached_property
    def _undisputable(self) -> frozenset[int]:
        closed = certified_before(self.state, self.equivalence.form.config)
        return closed | being_checked(self.state)
