"""Ruling on a snapshot: from what was seen, learned and frozen to new decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from labeling.errors import SettingsError
from routing.decisions import value_of_information
from routing.decisions.policy import (
    BLIND,
    Candidate,
    Crowd,
    ProposedDecision,
    accept,
    ask,
    ask_again,
    is_in_doubt,
    number_after,
    pilot,
    review,
)
from routing.facts import project as facts
from routing.facts.populations import open_tasks, unchecked
from routing.guarantee.audit_test import Promise
from routing.ledger.records import Decision
from routing.planning.review_rounds import NextRound, plan_next_round
from routing.reviewers.workload import owed
from routing.snapshot.observe import Snapshot


def proposed_decisions(snapshot: Snapshot) -> list[ProposedDecision]:
    """Rule on every task whose proposed decision changes; what was accepted stays so."""
    candidates, crowd, policy = _candidates(snapshot), crowd_of(snapshot), snapshot.settings.policy
    new = {**_frozen_proposals(snapshot, candidates), **_open_proposals(snapshot, candidates)}
    proposals = (
        new.get(task) if one.decision is None else ask_again(one, crowd, policy)
        for task, one in candidates.items()
    )
    return [proposal for proposal in proposals if proposal is not None]


def _frozen_proposals(
    snapshot: Snapshot, candidates: Mapping[int, Candidate]
) -> dict[int, ProposedDecision]:
    """Ask about what is checked, and leave to the model what is certified."""
    state, policy = snapshot.state, snapshot.settings.policy
    proposals = {}
    for check in state.checks:
        if check.task in candidates and check.state == "waiting":
            reason = f"check {check.number} of population {check.population}"
            proposals[check.task] = ask(candidates[check.task], check.kind, policy, reason)
    for population in state.populations:
        if population.kept_at is not None:
            reason = f"certified with population {population.number}"
            for member in unchecked(state, population):
                if member.task in candidates:
                    proposals[member.task] = accept(candidates[member.task], reason)
    return proposals


def _open_proposals(
    snapshot: Snapshot, candidates: Mapping[int, Candidate]
) -> dict[int, ProposedDecision]:
    """Begin with the pilot; then have reviewed what the course says."""
    policy, tasks = snapshot.settings.policy, open_tasks(snapshot.state)
    proposals = {
        task: ask(candidates[task], "pilot", policy, "picked at random to learn from")
        for task in pilot(tasks, policy)
    }
    if proposals.keys() - snapshot.state.decisions.keys():
        return proposals
    next_round = next_round_of(snapshot)
    if next_round is None:
        return proposals
    for task in next_round.reviews:
        proposals[task] = review(candidates[task], policy, next_round.reason)
    for task in tasks:
        if candidates[task].confidence is None:
            proposals.setdefault(task, ask(candidates[task], "review", policy, "no model's answer"))
    return proposals


def next_round_of(snapshot: Snapshot) -> NextRound | None:
    """Choose what the open population comes to next.

    None: there is none, or first, people answer what they owe.
    """
    last = snapshot.state.rounds[-1] if snapshot.state.rounds else None
    if not open_tasks(snapshot.state):
        return None
    if last is None or not is_round_answered(snapshot):
        return None
    policy, errors = snapshot.settings.policy, errors_of(snapshot)
    # Where nothing is left to be asked about, nothing need be learned first.
    if errors and last.answers < answered(snapshot):
        return None
    return plan_next_round(
        errors,
        answered(snapshot),
        promise_of(snapshot),
        random_share=policy.random_share,
        seed=policy.seed,
    )


def promise_of(snapshot: Snapshot) -> Promise:
    """Give the promise that the settings make of the open population."""
    policy = snapshot.settings.policy
    return Promise(len(open_tasks(snapshot.state)), policy.target_error, policy.risk)


def errors_of(snapshot: Snapshot) -> dict[int, float]:
    """Predict, of each open task that nobody was asked about, whether people contradict the model.

    The model's confidence is about the truth. What is promised and audited is what people say, and
    they err too: where the model is right they may say something else, and where it is wrong they
    may, by a mistake of their own, agree with it.
    """
    present = facts.predictions(snapshot.state, version_of(snapshot))
    slip = facts.doubt(snapshot.state, snapshot.equivalence)
    agreed_by_slip = slip / max(len(snapshot.labels) - 1, 1)
    wrong = {
        task: 1 - (present[task].confidence or 0.0)
        for task in open_tasks(snapshot.state)
        if task in present and task not in snapshot.state.decisions
    }
    return {task: round(p * (1 - agreed_by_slip) + (1 - p) * slip, 4) for task, p in wrong.items()}


def answered(snapshot: Snapshot) -> int:
    """Count the tasks, of all populations, that people are done with and gave a label."""
    return len(facts.settled_by_people(snapshot.state, snapshot.equivalence))


def is_round_answered(snapshot: Snapshot) -> bool:
    """Tell whether people are done with all of the open population that was given to them.

    What is learned from should itself be sure, so a task whose votes leave its label in doubt is
    not done with. Votes that nobody is left to give are not waited for.
    """
    waited_for = owed(snapshot).keys() | in_doubt(snapshot)
    tasks = open_tasks(snapshot.state)
    begun = pilot(tasks, snapshot.settings.policy) <= snapshot.state.decisions.keys()
    return begun and not any(task in waited_for for task in tasks)


def in_doubt(snapshot: Snapshot) -> frozenset[int]:
    """List the tasks about which one more person would be asked now."""
    crowd, policy = crowd_of(snapshot), snapshot.settings.policy
    return frozenset(
        task for task, one in _candidates(snapshot).items() if is_in_doubt(one, crowd, policy)
    )


def decisions_of(snapshot: Snapshot, proposed: Sequence[ProposedDecision]) -> list[Decision]:
    """Write proposed decisions as decisions, each with its task's next number.

    A decision is about the version that the task was first ruled on by, however often people are
    asked again.
    """
    now = snapshot.clock()
    return [
        Decision(
            task=proposal.task,
            number=number_after(snapshot.state.decisions, proposal.task),
            kind=proposal.kind,
            votes=proposal.votes,
            reason=proposal.reason,
            model_version=_version_behind(snapshot, proposal),
            confidence=proposal.confidence,
            decided_at=now,
        )
        for proposal in proposed
    ]


def with_decisions(snapshot: Snapshot, decisions: Sequence[Decision]) -> Snapshot:
    """Give the snapshot as it is once the decisions are taken."""
    latest = {**snapshot.state.decisions, **{one.task: one for one in decisions}}
    return replace(snapshot, state=replace(snapshot.state, decisions=latest))


def version_of(snapshot: Snapshot) -> str:
    """Give the version that the last round taught; empty before the first."""
    return snapshot.state.rounds[-1].model_version if snapshot.state.rounds else ""


def crowd_of(snapshot: Snapshot) -> Crowd:
    """Tell how good the people are, and how many of them may be asked about one task.

    Raises:
        SettingsError: More votes are asked for than there are reviewers.
    """
    policy = snapshot.settings.policy
    ordinary = sum(not one.expert for one in snapshot.people.reviewers)
    if ordinary and policy.votes > ordinary:
        raise SettingsError(
            f"{policy.votes} votes are asked of {ordinary} reviewers",
            where="policy.votes",
            hint="Name more reviewers, or ask for fewer votes.",
        )
    return Crowd(
        facts.skill(snapshot.state, snapshot.equivalence),
        value_of_information.cap(policy, ordinary),
    )


def _version_behind(snapshot: Snapshot, proposal: ProposedDecision) -> str | None:
    former = snapshot.state.decisions.get(proposal.task)
    member = snapshot.state.members.get(proposal.task)
    if former is not None:
        return former.model_version
    if member is not None:
        numbered = {one.number: one.model_version for one in snapshot.state.populations}
        return numbered[member.population]
    return version_of(snapshot)


def _candidates(snapshot: Snapshot) -> dict[int, Candidate]:
    state = snapshot.state
    present = facts.predictions(state)
    beside, blind = facts.votes(state), facts.blind_votes(state)
    joint = facts.posteriors(state, snapshot.equivalence, with_model=True)
    unseen = facts.posteriors(facts.blind_only(state), snapshot.equivalence, with_model=False)
    experts = {one.worker for one in snapshot.people.reviewers if one.expert}
    asked = facts.who_was_asked(state)
    found = {}
    for task in sorted(state.tasks):
        decision = state.decisions.get(task)
        is_blind = decision is not None and decision.kind in BLIND
        found[task] = Candidate(
            task=task,
            confidence=present[task].confidence if task in present else None,
            votes=len((blind if is_blind else beside).get(task, ())),
            posterior=(unseen if is_blind else joint).get(task),
            decision=decision,
            has_expert=bool(experts - asked.get(task, set())),
        )
    return found
