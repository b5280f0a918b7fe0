"""The life of a promise: its labels are frozen, audits drawn and recorded, and it is certified.

Each step is recorded in the ledger before anything follows from it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np

from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.decisions.round_status import RoundStatus, round_status_of
from routing.facts.comparison import in_words_of
from routing.facts.form_changes import with_known_forms
from routing.facts.freeze import freeze
from routing.facts.populations import (
    audit_status,
    checks_of,
    form_changes,
    frozen_of,
    in_audit,
    new_checks,
    proven,
    settled_checks,
    unchecked,
)
from routing.facts.project import ProjectFacts
from routing.guarantee.audit_test import AuditStatus
from routing.guarantee.frozen_population import Overruled, audit_test_of, events_of
from routing.ledger import Ledger
from routing.ledger.records import Member, Population, RecordedCheck
from routing.planning.audit_batch import next_batch
from routing.planning.review_rounds import reason_to_freeze
from routing.tunables import DEFAULTS, Tunables


def advance(
    facts: ProjectFacts,
    ledger: Ledger | None = None,
    *,
    clock: Clock = system_clock,
    tunables: Tunables = DEFAULTS,
) -> ProjectFacts:
    """Bring every population as far as people's answers allow.

    Args:
        facts: What is known; the open population's predictions are of the last round's version.
        ledger: Where each step is recorded; None: nowhere, as in a dry run.
        clock: Tells what the time is.
        tunables: How much is asked at a time.

    Returns:
        The facts with populations, members and checks as they are then.
    """
    steps = PopulationSteps(ledger, clock, tunables)
    facts = with_known_forms(facts, ledger)
    facts = steps.record_answers(facts)
    facts = steps.freeze_if_due(facts)
    for population in _auditable(facts):
        facts = steps.certify_or_audit(facts, population)
    return facts


@dataclass(frozen=True, slots=True)
class PopulationSteps:
    """The steps that one pass takes populations, each from facts to facts.

    Attributes:
        ledger: Where each step is recorded; None: nowhere, as in a dry run.
        clock: Tells what the time is.
        tunables: How much is asked at a time.
    """

    ledger: Ledger | None
    clock: Clock
    tunables: Tunables

    def record_answers(self, facts: ProjectFacts) -> ProjectFacts:
        """Record what people said of what was checked, and what left a population by itself.

        What only somebody said who is excluded by now is asked anew; see
        `routing.facts.excluded_answers` for why that is sound.
        """
        now = self.clock()
        left = [
            check
            for population in _auditable(facts)
            for check in _departures(facts, population, now)
        ]
        recorded = self._with_checks(facts, left)
        facts = _with_asked_anew(recorded)
        frozen = {task: one.label for task, one in facts.state.members.items()}
        settled = in_words_of(frozen, facts.settled, facts.equivalence)
        waited_for = self._status(facts).waited_for
        labels = {task: one.label for task, one in settled.items() if task not in waited_for}
        done = {one.task for one in facts.state.checks if one.task in facts.state.decisions}
        hopeless = frozenset(done - waited_for - settled.keys())
        numbers = {population.number for population in _auditable(facts)}
        settled_now = settled_checks(facts.state, labels, hopeless, numbers)
        after = _replaced(facts.state.checks, settled_now)
        return self._with_checks(
            recorded,
            [new for new, old in zip(after, recorded.state.checks, strict=True) if new != old],
        )

    def freeze_if_due(self, facts: ProjectFacts) -> ProjectFacts:
        """Freeze what is open, each group by itself, once reviewing more no longer pays in any."""
        status = self._status(facts)
        next_round = status.next_round
        if next_round is None or next_round.reviews:
            return facts
        present = facts.predictions.of_version(facts.model_version)
        labels = {
            task: (present[task].answer or "", error)
            for task, error in facts.predicted_errors.items()
        }
        undecided = set(facts.open_tasks) - facts.state.decisions.keys()
        if undecided - labels.keys():
            return facts
        state, at = facts.state, self.clock()
        populations, members = list[Population](), list[Member]()
        for group, planned in zip(status.groups, next_round.groups, strict=True):
            population, its_members = freeze(
                state,
                labels,
                group.promise,
                planned=planned.plan.audits,
                seed=facts.settings.policy.seed,
                model_version=facts.model_version,
                reason=reason_to_freeze(planned.plan),
                at=at,
                label_config=facts.equivalence.form.config,
                asking=asking_of(facts.settings),
                group=group.group,
            )
            populations.append(population)
            members += its_members
            state = replace(
                state,
                populations=[*state.populations, population],
                members={**state.members, **{one.task: one for one in its_members}},
            )
        if self.ledger is not None:
            # All at once: a group that were left alone would begin with a sample of its own.
            self.ledger.freeze(populations, members)
        return facts.with_state(state)

    def certify_or_audit(self, facts: ProjectFacts, population: Population) -> ProjectFacts:
        """Certify a promise that is kept; else draw the next audits, once the last are answered.

        Args:
            facts: What is known.
            population: One that is not certified yet.

        Returns:
            The facts as they are then.
        """
        status = audit_status(facts.state, population)
        if status.is_kept:
            overruled = [asdict(one) for one in self._overruled(facts, population)]
            kept = replace(population, kept_at=self.clock(), overruled=overruled or None)
            if self.ledger is not None:
                self.ledger.update(kept)
            populations = [
                kept if one.number == kept.number else one for one in facts.state.populations
            ]
            return facts.with_state(replace(facts.state, populations=populations))
        if any(one.state == "waiting" for one in checks_of(facts.state, population)):
            return facts
        return self._with_checks(facts, self._next_checks(facts, population, status))

    def _overruled(self, facts: ProjectFacts, population: Population) -> list[Overruled]:
        """Choose the labels in which the model overrules people: the surest that there is room for.

        Where one more person is to be asked the label is theirs. Each one counts as a wrong label,
        so there are no more of them than the promise leaves room for. Nothing is audited for them:
        what is certified is certified at the same moment as without.
        """
        state, waited_for = facts.state, self._status(facts).waited_for
        labels, sure = facts.task_labels, facts.consensus.final_probabilities
        final = facts.consensus.final_labels
        contradicted = [
            task
            for task, one in state.members.items()
            if one.population == population.number
            and task not in waited_for
            and labels.is_contradicted(task)
        ]
        frozen = frozen_of(state, population)
        events = events_of(frozen, proven(state, population))
        room = audit_test_of(frozen).room(events, len(contradicted))
        surest = sorted(contradicted, key=lambda task: (-sure[task], task))[:room]
        return [Overruled(task, labels.people[task], final[task]) for task in sorted(surest)]

    def _next_checks(
        self, facts: ProjectFacts, population: Population, status: AuditStatus
    ) -> list[RecordedCheck]:
        """Draw the next audits, and choose what is reviewed beside them."""
        state = facts.state
        now, frozen = self.clock(), frozen_of(state, population)
        errors = {one.task: one.error or 0.0 for one in unchecked(state, population)}
        places = {task: place for place, task in enumerate(frozen.labels)}
        order = [task for task in frozen.order if task in errors]
        batch = next_batch(
            audit_test_of(frozen),
            status,
            events_of(frozen, proven(state, population)),
            np.array([places[task] for task in order], dtype=np.intp),
            round_price=facts.settings.policy.batch,
        )
        audits = order[: min(batch.audits, self.tunables.audits_most)]
        doubtful = sorted(errors.keys() - set(audits), key=lambda task: (-errors[task], task))
        checks = new_checks(state, population, audits, "audit", now)
        drawn = replace(state, checks=[*state.checks, *checks])
        return [
            *checks,
            *new_checks(drawn, population, doubtful[: batch.reviews], "review", now),
        ]

    def _status(self, facts: ProjectFacts) -> RoundStatus:
        return round_status_of(facts, self.tunables.round_least)

    def _with_checks(self, facts: ProjectFacts, checks: Sequence[RecordedCheck]) -> ProjectFacts:
        if not checks:
            return facts
        if self.ledger is not None:
            self.ledger.check(checks)
        return facts.with_state(replace(facts.state, checks=_replaced(facts.state.checks, checks)))


def asking_of(settings: Settings) -> dict[str, Any]:
    """Return how the settings have people asked, and their answers put together."""
    policy = settings.policy
    return {
        "votes": policy.votes,
        "max_votes": policy.max_votes,
        "method": settings.aggregation.method,
    }


def _auditable(facts: ProjectFacts) -> list[Population]:
    """List the populations in audit that are asked about as they were frozen.

    Where the label config changed since, answers say nothing of the frozen labels.
    """
    config = facts.equivalence.form.config
    return [one for one in in_audit(facts.state) if not form_changes(one, config)]


def _with_asked_anew(facts: ProjectFacts) -> ProjectFacts:
    """Return the facts with those checks waiting again that excluded people alone had answered.

    A population that is certified stays as it is.
    """
    numbers = {one.number for one in _auditable(facts)}
    anew = [
        replace(one, state="waiting", answer=None)
        for one in facts.state.checks
        if one.population in numbers and one.task in facts.in_question
    ]
    if not anew:
        return facts
    return facts.with_state(replace(facts.state, checks=_replaced(facts.state.checks, anew)))


def _replaced(
    checks: Sequence[RecordedCheck], changed: Sequence[RecordedCheck]
) -> list[RecordedCheck]:
    """Return checks with those that changed in place of what they were, in their order."""
    known = {(one.population, one.number): one for one in [*checks, *changed]}
    return [one for _, one in sorted(known.items())]


def _departures(facts: ProjectFacts, population: Population, now: datetime) -> list[RecordedCheck]:
    """List the frozen tasks that somebody answered unasked, or that were deleted."""
    gone = [
        member.task
        for member in unchecked(facts.state, population)
        if member.task not in facts.state.tasks or member.task in facts.answers.votes
    ]
    return new_checks(facts.state, population, gone, "review", now)
