"""Ruling on a scene: from what was seen and learned to new decisions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from aggregation.intervals import clopper_pearson
from labeling.errors import SettingsError
from labeling.settings import PolicySettings
from routing import evidence
from routing.duties import owed
from routing.ledger.records import Decision
from routing.observe import Scene
from routing.policy import (
    LEFT_TO_MODEL,
    Candidate,
    Ruling,
    is_in_doubt,
    is_refuted,
    number_after,
    pilot,
    retract,
    rule,
)


def retractions_of(scene: Scene) -> list[Ruling]:
    """Take back what a version was trusted with, where its audits rule the target out."""
    policy = _fitting(scene)
    by_version: dict[str, list[Candidate]] = {}
    for one in _candidates(scene):
        decision = one.decision
        if decision and decision.kind in LEFT_TO_MODEL and decision.model_version:
            by_version.setdefault(decision.model_version, []).append(one)
    return [
        ruling
        for version, accepted in by_version.items()
        if _is_refuted(scene, version)
        for ruling in retract(accepted, _audits(scene, version), policy)
    ]


def rulings_of(scene: Scene) -> list[Ruling]:
    """Rule on every task whose ruling changes; what was accepted stays so."""
    policy = _fitting(scene)
    last = scene.state.rounds[-1] if scene.state.rounds else None
    pilot_tasks = pilot(list(scene.state.tasks), policy)
    is_trusted = last is not None and not _is_refuted(scene, last.model_version)
    threshold = last.threshold if last and is_trusted else None
    is_ready = last is not None and (
        last.answers > 0 or not pilot_tasks or _is_pilot_in_vain(scene)
    )
    return rule(_candidates(scene), pilot_tasks, threshold, is_ready, policy)


def is_pilot_answered(scene: Scene) -> bool:
    """Tell whether people are done with every task of the pilot, as far as anybody is left.

    What all else is measured by should itself be sure, so a task whose votes leave its label in
    doubt is not done with.
    """
    open_tasks = owed(scene).keys() | in_doubt(scene)
    return all(
        task in scene.state.decisions and task not in open_tasks
        for task in pilot(list(scene.state.tasks), scene.settings.policy)
    )


def _is_pilot_in_vain(scene: Scene) -> bool:
    """Tell whether people are done with the pilot and left nothing to learn from."""
    return is_pilot_answered(scene) and not evidence.settled_by_people(scene.state, scene.labels)


def in_doubt(scene: Scene) -> frozenset[int]:
    """List the tasks about which one more person would be asked now."""
    policy = _fitting(scene)
    return frozenset(one.task for one in _candidates(scene) if is_in_doubt(one, policy))


def decisions_of(scene: Scene, ruled: Sequence[Ruling]) -> list[Decision]:
    """Write rulings as decisions, each with its task's next number.

    A decision is about the version that the task was first ruled on by, however often people are
    asked again, so that an audit speaks of what was accepted beside it.
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


def _version_behind(scene: Scene, ruling: Ruling) -> str | None:
    former = scene.state.decisions.get(ruling.task)
    is_repeated = former is not None and former.kind == ruling.kind
    return former.model_version if former and is_repeated else version_of(scene)


def _fitting(scene: Scene) -> PolicySettings:
    """Ask for no more votes than there are reviewers."""
    policy, reviewers = scene.settings.policy, len(scene.people.reviewers)
    if reviewers and policy.votes > reviewers:
        raise SettingsError(
            f"{policy.votes} votes are asked of {reviewers} reviewers",
            where="policy.votes",
            mend="Name more reviewers, or ask for fewer votes.",
        )
    most = min(policy.max_votes, reviewers) if reviewers else policy.max_votes
    return policy.model_copy(update={"max_votes": most})


def _candidates(scene: Scene) -> list[Candidate]:
    present = evidence.predictions(scene.state, version_of(scene))
    votes = evidence.votes(scene.state)
    joint = evidence.consensus(scene.state, scene.labels, with_model=True)
    return [
        Candidate(
            task=task,
            confidence=present[task].confidence if task in present else None,
            votes=votes.get(task, ()),
            posterior=joint[task].probability if task in joint else None,
            decision=scene.state.decisions.get(task),
        )
        for task in sorted(scene.state.tasks)
    ]


def _is_refuted(scene: Scene, version: str) -> bool:
    audits = _audits(scene, version)
    highest = clopper_pearson(sum(audits), len(audits)).high if audits else None
    return is_refuted(highest, scene.settings.policy)


def _audits(scene: Scene, version: str) -> list[bool]:
    """Tell of every audited answer of a version whether people agree with it."""
    given = evidence.predictions(scene.state, version)
    labels = evidence.settled_by_people(scene.state, scene.labels)
    return [
        given[task].answer == labels[task].label
        for task, decision in sorted(scene.state.decisions.items())
        if decision.kind == "audit"
        and decision.model_version == version
        and task in labels
        and task in given
    ]
