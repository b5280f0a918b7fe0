"""Ruling on a scene: from what was seen, learned and frozen to new decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from labeling.errors import SettingsError
from routing import facts
from routing.decisions import value_of_information
from routing.decisions.policy import (
    BLIND,
    Candidate,
    Crowd,
    Ruling,
    accept,
    ask,
    ask_again,
    is_in_doubt,
    number_after,
    pilot,
    review,
)
from routing.guarantee.audit_test import Promise
from routing.guarantee.populations import open_tasks, unchecked
from routing.ledger.records import Decision
from routing.planning.review_rounds import Course, next_course
from routing.reviewers.workload import owed
from routing.snapshot import Scene


def rulings_of(scene: Scene) -> list[Ruling]:
    """Rule on every task whose ruling changes; what was accepted stays so."""
    candidates, crowd, policy = _candidates(scene), crowd_of(scene), scene.settings.policy
    new = {**_frozen_rulings(scene, candidates), **_open_rulings(scene, candidates)}
    rulings = (
        new.get(task) if one.decision is None else ask_again(one, crowd, policy)
        for task, one in candidates.items()
    )
    return [ruling for ruling in rulings if ruling is not None]


def _frozen_rulings(scene: Scene, candidates: Mapping[int, Candidate]) -> dict[int, Ruling]:
    """Ask about what is checked, and leave to the model what is certified."""
    state, policy = scene.state, scene.settings.policy
    rulings = {}
    for check in state.checks:
        if check.task in candidates and check.state == "waiting":
            reason = f"check {check.number} of population {check.population}"
            rulings[check.task] = ask(candidates[check.task], check.kind, policy, reason)
    for population in state.populations:
        if population.kept_at is not None:
            reason = f"certified with population {population.number}"
            for member in unchecked(state, population):
                if member.task in candidates:
                    rulings[member.task] = accept(candidates[member.task], reason)
    return rulings


def _open_rulings(scene: Scene, candidates: Mapping[int, Candidate]) -> dict[int, Ruling]:
    """Begin with the pilot; then have reviewed what the course says."""
    policy, tasks = scene.settings.policy, open_tasks(scene.state)
    rulings = {
        task: ask(candidates[task], "pilot", policy, "picked at random to learn from")
        for task in pilot(tasks, policy)
    }
    if rulings.keys() - scene.state.decisions.keys():
        return rulings
    course = course_of(scene)
    if course is None:
        return rulings
    for task in course.reviews:
        rulings[task] = review(candidates[task], policy, course.reason)
    for task in tasks:
        if candidates[task].confidence is None:
            rulings.setdefault(task, ask(candidates[task], "review", policy, "no model's answer"))
    return rulings


def course_of(scene: Scene) -> Course | None:
    """Choose what the open population comes to next.

    None: there is none, or first, people answer what they owe.
    """
    last = scene.state.rounds[-1] if scene.state.rounds else None
    if not open_tasks(scene.state):
        return None
    if last is None or not is_round_answered(scene):
        return None
    policy, errors = scene.settings.policy, errors_of(scene)
    # Where nothing is left to be asked about, nothing need be learned first.
    if errors and last.answers < answered(scene):
        return None
    return next_course(
        errors,
        answered(scene),
        promise_of(scene),
        random_share=policy.random_share,
        seed=policy.seed,
    )


def promise_of(scene: Scene) -> Promise:
    """Give the promise that the settings make of the open population."""
    policy = scene.settings.policy
    return Promise(len(open_tasks(scene.state)), policy.target_error, policy.risk)


def errors_of(scene: Scene) -> dict[int, float]:
    """Predict, of each open task that nobody was asked about, whether people contradict the model.

    The model's confidence is about the truth. What is promised and audited is what people say, and
    they err too: where the model is right they may say something else, and where it is wrong they
    may, by a mistake of their own, agree with it.
    """
    present = facts.predictions(scene.state, version_of(scene))
    slip = facts.doubt(scene.state, scene.agreement)
    agreed_by_slip = slip / max(len(scene.labels) - 1, 1)
    wrong = {
        task: 1 - (present[task].confidence or 0.0)
        for task in open_tasks(scene.state)
        if task in present and task not in scene.state.decisions
    }
    return {task: round(p * (1 - agreed_by_slip) + (1 - p) * slip, 4) for task, p in wrong.items()}


def answered(scene: Scene) -> int:
    """Count the tasks, of all populations, that people are done with and gave a label."""
    return len(facts.settled_by_people(scene.state, scene.agreement))


def is_round_answered(scene: Scene) -> bool:
    """Tell whether people are done with all of the open population that was given to them.

    What is learned from should itself be sure, so a task whose votes leave its label in doubt is
    not done with. Votes that nobody is left to give are not waited for.
    """
    waited_for = owed(scene).keys() | in_doubt(scene)
    tasks = open_tasks(scene.state)
    begun = pilot(tasks, scene.settings.policy) <= scene.state.decisions.keys()
    return begun and not any(task in waited_for for task in tasks)


def in_doubt(scene: Scene) -> frozenset[int]:
    """List the tasks about which one more person would be asked now."""
    crowd, policy = crowd_of(scene), scene.settings.policy
    return frozenset(
        task for task, one in _candidates(scene).items() if is_in_doubt(one, crowd, policy)
    )


def decisions_of(scene: Scene, ruled: Sequence[Ruling]) -> list[Decision]:
    """Write rulings as decisions, each with its task's next number.

    A decision is about the version that the task was first ruled on by, however often people are
    asked again.
    """
    now = datetime.now(UTC)
    return [
        Decision(
            task=ruling.task,
            number=number_after(scene.state.decisions, ruling.task),
            kind=ruling.kind,
            votes=ruling.votes,
            reason=ruling.reason,
            model_version=_version_behind(scene, ruling),
            confidence=ruling.confidence,
            decided_at=now,
        )
        for ruling in ruled
    ]


def with_decisions(scene: Scene, decisions: Sequence[Decision]) -> Scene:
    """Give the scene as it is once the decisions are taken."""
    latest = {**scene.state.decisions, **{one.task: one for one in decisions}}
    return replace(scene, state=replace(scene.state, decisions=latest))


def version_of(scene: Scene) -> str:
    """Give the version that the last round taught; empty before the first."""
    return scene.state.rounds[-1].model_version if scene.state.rounds else ""


def crowd_of(scene: Scene) -> Crowd:
    """Tell how good the people are, and how many of them may be asked about one task.

    Raises:
        SettingsError: More votes are asked for than there are reviewers.
    """
    policy = scene.settings.policy
    ordinary = sum(not one.expert for one in scene.people.reviewers)
    if ordinary and policy.votes > ordinary:
        raise SettingsError(
            f"{policy.votes} votes are asked of {ordinary} reviewers",
            where="policy.votes",
            mend="Name more reviewers, or ask for fewer votes.",
        )
    return Crowd(
        facts.skill(scene.state, scene.agreement), value_of_information.cap(policy, ordinary)
    )


def _version_behind(scene: Scene, ruling: Ruling) -> str | None:
    former = scene.state.decisions.get(ruling.task)
    member = scene.state.members.get(ruling.task)
    if former is not None:
        return former.model_version
    if member is not None:
        numbered = {one.number: one.model_version for one in scene.state.populations}
        return numbered[member.population]
    return version_of(scene)


def _candidates(scene: Scene) -> dict[int, Candidate]:
    state = scene.state
    present = facts.predictions(state)
    beside, blind = facts.votes(state), facts.blind_votes(state)
    joint = facts.posteriors(state, scene.agreement, with_model=True)
    unseen = facts.posteriors(facts.blind_only(state), scene.agreement, with_model=False)
    experts = {one.worker for one in scene.people.reviewers if one.expert}
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
