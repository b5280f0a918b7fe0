"""Where a round of reviews stands: what is in doubt, and what the open tasks come to next."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from labeling.errors import SettingsError
from routing.decisions.policy import CrowdQuality, TaskEvidence, is_disputed, is_in_doubt
from routing.facts.open_groups import OpenGroup, open_groups
from routing.facts.project import ProjectFacts
from routing.facts.vote_demands import crowd
from routing.planning.basis_of_facts import open_draws
from routing.planning.review_rounds import (
    ROUND_LEAST,
    Choose,
    NextRound,
    PlannedGroup,
    most_doubtful,
    pilot,
    plan_next_round,
    planned,
)


@dataclass(frozen=True, eq=False)
class RoundStatus:
    """What follows from the facts for the round that is under way; each worked out once.

    Args:
        facts: What is known.
        round_least: Items of a round, at least.
    """

    facts: ProjectFacts
    round_least: int = ROUND_LEAST

    def evidence(self, task: int) -> TaskEvidence:
        """Return what is known of a task when it is decided on."""
        facts = self.facts
        prediction = facts.predictions.latest.get(task)
        return TaskEvidence(
            task=task,
            confidence=prediction.confidence if prediction else None,
            votes=facts.votes_given(task),
            posterior=facts.probability(task),
            final=facts.task_labels.disputable_probability(task),
            is_contradicted=facts.task_labels.is_contradicted(task),
            decision=facts.state.decisions.get(task),
            has_expert=bool(self.experts - facts.answers.asked.get(task, frozenset())),
            distribution=facts.consensus.posteriors.get(task),
        )

    @cached_property
    def experts(self) -> frozenset[int]:
        """The reviewers who are experts, and not excluded."""
        return frozenset(
            one.worker for one in self.facts.reviewers if one.expert and not one.is_excluded
        )

    @cached_property
    def crowd(self) -> CrowdQuality:
        """How good the people are, and how many of them may be asked about one task.

        Raises:
            SettingsError: More votes are asked for than reviewers are named.
        """
        votes, named = self.facts.settings.policy.votes, len(crowd(self.facts.reviewers))
        if named and votes > named:
            raise SettingsError(
                f"{votes} votes are asked of {named} reviewers",
                where="policy.votes",
                hint="Name more reviewers, or ask for fewer votes.",
            )
        consensus = self.facts.consensus
        return CrowdQuality(
            consensus.crowd_accuracy, self.facts.votes_cap, consensus.crowd_confusion
        )

    @cached_property
    def waited_for(self) -> frozenset[int]:
        """Tasks that people are not done with: votes are owed, or one more would be asked now.

        Disputes are waited for as well, since what is learned from should itself be sure.

        Votes that nobody is left to give are not waited for.
        """
        policy, crowd = self.facts.settings.policy, self.crowd
        in_doubt = (
            task
            for task in self.facts.state.decisions
            if is_in_doubt(one := self.evidence(task), crowd, policy)
            or is_disputed(one, crowd, policy)
        )
        return frozenset([*self.facts.votes_owed, *in_doubt])

    @cached_property
    def is_answered(self) -> bool:
        """Whether people are done with all of the open population that was given to them.

        What is learned from should itself be sure, so a task whose votes leave its label in doubt
        is not done with.
        """
        tasks = self.facts.open_tasks
        has_begun = pilot(tasks, self.facts.settings.policy) <= self.facts.state.decisions.keys()
        return has_begun and not any(task in self.waited_for for task in tasks)

    @cached_property
    def groups(self) -> Sequence[OpenGroup]:
        """The open tasks by groups, each of which a promise is to be about."""
        return open_groups(self.facts)

    @cached_property
    def plans(self) -> Sequence[PlannedGroup]:
        """What is planned of each of the groups, by today's predictions."""
        draws = open_draws(self.facts)
        return [planned(one.errors, one.promise, draws) for one in self.groups]

    @cached_property
    def next_round(self) -> NextRound | None:
        """What the open tasks come to next, the most doubtful first.

        None: there are none, or first, people answer what they owe.
        """
        return self.next_round_by(most_doubtful)

    def next_round_by(self, choose: Choose) -> NextRound | None:
        """Return what the open tasks come to next; see `next_round`.

        Args:
            choose: Says which of the tasks that the plan wants reviewed come first.
        """
        facts, policy = self.facts, self.facts.settings.policy
        if not facts.open_tasks or not facts.state.rounds or not self.is_answered:
            return None
        # Where nothing is left to be asked about, nothing need be learned first.
        if facts.predicted_errors and facts.state.rounds[-1].answers < len(facts.settled):
            return None
        return plan_next_round(
            self.plans,
            len(facts.settled),
            random_share=policy.drawn_share,
            seed=policy.seed,
            least=self.round_least,
            choose=choose,
        )


def round_status_of(facts: ProjectFacts, round_least: int = ROUND_LEAST) -> RoundStatus:
    """Return where the round of reviews stands; asked again of the same facts, the very same.

    Args:
        facts: What is known.
        round_least: Items of a round, at least.
    """
    key = RoundStatus, round_least
    known = facts.derived.setdefault(key, RoundStatus(facts, round_least))
    return cast(RoundStatus, known)
