"""The facts of a project: what follows from what the ledger knows, each worked out once a state.

Whoever decides, certifies, teaches, reports or exports reads them here, so that all of them count
the same labels. Facts are lazy; a record that is derived from another by `with_state` hands on what
its state left unchanged, above all the fitted consensus.

The label of a task is its consensus; see `aggregation.consensus`. Of what is asked blind only blind
answers count, with everybody's answers to other tasks telling how far each person is to be
trusted. A label that a certificate counted stays people's label for as long as the task has an
answer at all, and until it is disputed, whatever later answers make of the consensus: what is
exported is what was proved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import chain

from aggregation.beliefs import Belief
from aggregation.consensus import ProjectConsensus
from aggregation.control_votes import NO_CONTROLS, ControlVotes
from aggregation.dataset.tasks import Item, TaskDecision
from labeling.form.equivalence import Equivalence
from labeling.settings.settings import Settings
from routing.facts.annotator import AnnotatorFacts
from routing.facts.answers import AnswerFacts
from routing.facts.excluded_answers import in_question
from routing.facts.needs import needs_of
from routing.facts.offered_labels import offered_labels
from routing.facts.populations import certified_before, open_tasks
from routing.facts.predictions import PredictionFacts
from routing.facts.settled import SettledLabel, human_error, settled_labels
from routing.facts.task_decisions import task_decisions
from routing.facts.task_labels import TaskLabels
from routing.facts.vote_demands import (
    Reviewer,
    VoteDemand,
    asked_blind,
    blind_alone,
    crowd,
    unattainable_votes,
    vote_demands,
    votes_cap,
)
from routing.ledger.records import LedgerState


@dataclass(frozen=True, eq=False)
class ProjectFacts:
    """All that is known of a project, in the terms that decisions are made in.

    Args:
        state: What the ledger knows, with the answers that were given in the blind project.
        equivalence: The form, and which of its answers say the same.
        settings: The settings: the policy, and how votes become labels.
        reviewers: Who may be asked.
        answers: What people answered.
        annotator: What the annotator said, and how good it is.
        former: The consensus of an earlier state, which is read where it still holds.
        control_votes: What people said of control tasks, which tells how good they are.

    Attributes:
        derived: What rooms above work out of these facts, kept beside them by who did.
    """

    state: LedgerState
    equivalence: Equivalence
    settings: Settings
    reviewers: Sequence[Reviewer]
    answers: AnswerFacts
    annotator: AnnotatorFacts
    former: ProjectConsensus | None = None
    control_votes: ControlVotes = NO_CONTROLS
    derived: dict[object, object] = field(default_factory=dict, init=False, repr=False)

    def with_state(self, state: LedgerState) -> "ProjectFacts":
        """Return the facts of another state, with all that it left as it was."""
        if state.annotations == self.state.annotations:
            state = replace(state, annotations=self.state.annotations)
        if _is_same(state, self.state):
            return self
        is_answered_alike = state.annotations is self.state.annotations
        answers = self.answers if is_answered_alike else AnswerFacts(state.annotations)
        return replace(
            self,
            state=state,
            answers=answers,
            annotator=self.annotator.renewed(state, answers),
            former=vars(self).get("consensus", self.former),
        )

    def with_reviewers(self, reviewers: Sequence[Reviewer]) -> "ProjectFacts":
        """Return the facts where others may be asked."""
        former = vars(self).get("consensus", self.former)
        return replace(self, reviewers=reviewers, former=former)

    def with_control_votes(self, votes: ControlVotes) -> "ProjectFacts":
        """Return the facts where people's answers to control tasks are these."""
        if votes == self.control_votes:
            return self
        former = vars(self).get("consensus", self.former)
        return replace(self, control_votes=votes, former=former)

    @property
    def predictions(self) -> PredictionFacts:
        """What the model believes, by the annotator's labels too where it gave one."""
        return self.annotator.predictions

    @property
    def beliefs(self) -> Mapping[int, Belief]:
        """What the model believes, by task: out of fold of every task that it learned from."""
        return self.predictions.beliefs

    @cached_property
    def consensus(self) -> ProjectConsensus:
        """What people's answers and the model's beliefs come to, by the settings' aggregator."""
        audited = {task for task, one in self.state.decisions.items() if one.kind == "audit"}
        fitted = ProjectConsensus(
            answers=self.answers.counted(self.blind_alone, audited),
            beliefs=self.beliefs,
            offered=self.labels,
            equivalence=self.equivalence,
            method=self.settings.aggregation.method,
            seed=self.settings.policy.seed,
            controls=self.control_votes,
        )
        return self.former if self.former is not None and self.former == fitted else fitted

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every answer that the form offers; where answers are open, those that are known."""
        given = (one.answer for one in self.state.annotations)
        believed = (one.answer for one in self.state.predictions)
        return offered_labels(self.equivalence.form, chain(given, believed))

    @cached_property
    def task_labels(self) -> TaskLabels:
        """The labels of tasks that people answered: people's own, and the final one."""
        return TaskLabels(
            self.state, self.consensus, self.equivalence, self.controls, self.in_question
        )

    @cached_property
    def in_question(self) -> frozenset[int]:
        """The checked tasks whose recorded answer is that of people who are excluded now, alone."""
        return in_question(self.state.checks, self.answers, self.equivalence)

    @cached_property
    def settled(self) -> Mapping[int, SettledLabel]:
        """People's own label of each task that they are done with; ties are left out.

        What is asked blind is settled by its blind votes; the others, by all.
        """
        done = [task for task in self.consensus.labels if self.is_done(task)]
        known = self.consensus.probabilities
        return settled_labels(done, self.task_labels.people, known, self.controls)

    def is_done(self, task: int) -> bool:
        """Return whether people gave the votes that a task needs; a disputed label stands."""
        decision = self.state.decisions.get(task)
        if decision is None:
            return False
        given = self.votes_given(task)
        return given >= decision.votes or (decision.kind == "dispute" and given > 0)

    @cached_property
    def controls(self) -> frozenset[int]:
        """The tasks whose label is known to be right, by the settings; nobody is asked any more."""
        counts = self.settings.policy.earlier_answers == "controls"
        return self.answers.answered_earlier if counts else frozenset()

    @cached_property
    def asked_blind(self) -> frozenset[int]:
        """The tasks that people are asked without seeing the model's label."""
        return asked_blind(self.state)

    @cached_property
    def blind_alone(self) -> frozenset[int]:
        """Those of them whose label is made of blind votes alone."""
        return blind_alone(self.state)

    def votes_given(self, task: int) -> int:
        """Count the votes that count for a task: all, but for what blind votes alone label."""
        votes = self.answers.blind_votes if task in self.blind_alone else self.answers.votes
        given = len(votes.get(task, ()))
        decision = self.state.decisions.get(task)
        return max(given, decision.votes) if decision and task in self.controls else given

    def probability(self, task: int) -> float | None:
        """Return the probability of the label that people give a task; None without votes.

        Of what was asked blind, it is by blind votes alone: the model must not decide how often it
        is checked. Elsewhere the model's calibrated belief speaks for or against the label.
        """
        if task in self.controls:
            return 1.0
        if task in self.blind_alone:
            given = task in self.answers.blind_votes
            return self.consensus.probabilities.get(task) if given else None
        return self.consensus.probabilities_with_model.get(task)

    @cached_property
    def human_error(self) -> float:
        """How often a label that people are done with is wrong, as far as repeated votes tell."""
        return human_error(self.settled, self.answers.votes)

    @cached_property
    def predicted_errors(self) -> Mapping[int, float]:
        """The probability that people contradict the model, of open tasks that nobody was asked."""
        tasks = [task for task in self.open_tasks if task not in self.state.decisions]
        # Confidence in an opinion is the share of people who agree, so that nobody errs beside it.
        slip = 0.0 if self.equivalence.asks_for_opinion else self.human_error
        return self.predictions.contradicted(tasks, self.model_version, slip, len(self.labels))

    @property
    def model_version(self) -> str:
        """The version that learned in the last round; empty before the first."""
        return self.state.rounds[-1].model_version if self.state.rounds else ""

    @cached_property
    def open_tasks(self) -> Sequence[int]:
        """The tasks of no population, by ascending id."""
        return open_tasks(self.state)

    @property
    def people(self) -> int:
        """How many reviewers there are, experts and whoever is excluded left out."""
        return sum(not one.is_excluded for one in crowd(self.reviewers))

    @property
    def votes_cap(self) -> int:
        """The most votes that may be asked for one item, an expert's left out."""
        return votes_cap(self.settings.policy, self.people)

    @cached_property
    def vote_demands(self) -> Sequence[VoteDemand]:
        """What people owe each task that was given to them, wherever they are asked it.

        What was certified under another label config is not asked again: its certificate stays.
        """
        closed = certified_before(self.state, self.equivalence.form.config)
        asked = {task: one for task, one in self.state.decisions.items() if task not in closed}
        demands = vote_demands(asked, self.state.annotations, self.blind_alone, self.votes_cap)
        tasks = self.state.tasks
        return [
            replace(
                one,
                votes=0 if one.task in self.controls else one.votes,
                needs=needs_of(tasks[one.task].needs) if one.task in tasks else frozenset(),
            )
            for one in demands
        ]

    @cached_property
    def votes_given_up(self) -> Mapping[int, int]:
        """Votes that nobody is left to give, since all answered or skipped, by task."""
        votes = self.settings.policy.votes
        return unattainable_votes(self.vote_demands, self.reviewers, votes)

    @cached_property
    def votes_owed(self) -> Mapping[int, int]:
        """Votes that people owe and that somebody is left to give, by task."""
        lost = self.votes_given_up
        left = {one.task: one.votes - lost.get(one.task, 0) for one in self.vote_demands}
        return {task: count for task, count in left.items() if count}

    @cached_property
    def items(self) -> Sequence[Item]:
        """What is labelled, by ascending id."""
        return [Item(task, self.state.texts.get(task)) for task in sorted(self.state.tasks)]

    @cached_property
    def task_decisions(self) -> Mapping[int, TaskDecision]:
        """The latest decision of each task; it waits for no vote that nobody is left to give."""
        return task_decisions(self.state, self.votes_given_up)


def _is_same(one: LedgerState, other: LedgerState) -> bool:
    """Return whether two states hold the very same records, which need not be compared."""
    return all(getattr(one, part.name) is getattr(other, part.name) for part in fields(LedgerState))


def project_facts(
    state: LedgerState,
    equivalence: Equivalence,
    settings: Settings,
    reviewers: Sequence[Reviewer] = (),
) -> ProjectFacts:
    """Return the facts of a project, none of them worked out yet.

    Args:
        state: What the ledger knows.
        equivalence: The form, and which of its answers say the same.
        settings: The settings.
        reviewers: Who may be asked.

    Returns:
        The facts; see `ProjectFacts`.
    """
    answers = AnswerFacts(state.annotations)
    return ProjectFacts(
        state,
        equivalence,
        settings,
        reviewers,
        answers,
        AnnotatorFacts.of(state, answers, offered_labels(equivalence.form, ())),
    )
