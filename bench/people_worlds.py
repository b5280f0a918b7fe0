"""Simulated people under the sequential test of skill: how often, and when, it pauses them.

Items differ in difficulty, people in ability: somebody of ability a is right on an item of
difficulty d with probability 1 / (1 + exp(d - a)), so that people err on the same items. Half of
their errors name the same wrong label. A person's skill is their share of right answers over all
items. The others' skills are spread evenly over `CROWD`.

A person answers nine ordinary items, each of which four others were asked as well before anyone
answered, then a control task, and so on. So does everybody else, and every control task that
`GROUPS` · `OTHERS` others have answered tells how often majorities of four are right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from aggregation.quality.majority import evidence_on_share, majorities
from aggregation.quality.peer_test import log_evidence_with_peers
from aggregation.quality.peer_votes import GROUPS
from aggregation.quality.skill_test import log_evidence, log_payoffs
from labeling.mathtypes import Bools, Floats, Indices, Integers

LABELS, NEAR = 4, 0.5
"""Labels; and the share of errors that name the most tempting wrong one."""
SPREAD = 1.0
"""Standard deviation of items' difficulty."""
CROWD = (0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Skills of the other people, .80 on average."""
OTHERS = 4
"""Others whose votes were planned on every ordinary item."""
PEOPLE = 30
"""How many work at the same time."""
ORDINARY = 9
"""Ordinary items before each control task."""
BANK = 300
"""Control tasks of the project."""
RISK, GOOD = 0.01, 0.75
SOME = 10
"""Of so many shares of right majorities one tells where there is no evidence for certain."""
TOGETHER = 50
"""Looks that are taken at once, until one of them suffices."""
CHUNK = 50
"""People who are simulated at once."""


@dataclass(frozen=True, slots=True)
class SkillWorld:
    """People of one skill in one project.

    Attributes:
        skill: Their share of right answers.
        controls: Control tasks that each of them answers at most.
        known: Control tasks that enough others had answered when they joined.
        is_worst: Whether all that favours honest people is taken away: items are equally hard, so
            that those with a majority are no easier, and no error of theirs is ever the majority's.
    """

    skill: float
    controls: int
    known: int
    is_worst: bool = False

    @property
    def spread(self) -> float:
        """Standard deviation of items' difficulty."""
        return 0.0 if self.is_worst else SPREAD


@dataclass(frozen=True, slots=True)
class SkillWorldResult:
    """How many were paused, and after how many controls.

    Attributes:
        alone: The share that was ever paused, by controls alone.
        with_peers: The same by controls and peers' blind answers.
        median_alone: Control tasks that were answered until then, their median over all; None:
            fewer than half were paused.
        median_with_peers: The same with peers.
    """

    skill: float
    seeds: int
    answers: int
    known: int
    is_worst: bool
    alone: float
    with_peers: float
    median_alone: float | None
    median_with_peers: float | None


def measure(world: SkillWorld, seeds: int) -> SkillWorldResult:
    """Simulate people of one skill, each with a project of their own.

    Args:
        world: The world.
        seeds: How many people.

    Returns:
        How many were paused, and when.
    """
    chunks = [
        simulate(world, np.random.default_rng([start, 16]), min(CHUNK, seeds - start))
        for start in range(0, seeds, CHUNK)
    ]
    alone = np.concatenate([one.alone for one in chunks])
    with_peers = np.concatenate([one.with_peers for one in chunks])
    return SkillWorldResult(
        skill=world.skill,
        seeds=seeds,
        answers=world.controls * (ORDINARY + 1),
        known=world.known,
        is_worst=world.is_worst,
        alone=float(np.isfinite(alone).mean()),
        with_peers=float(np.isfinite(with_peers).mean()),
        median_alone=_median(alone),
        median_with_peers=_median(with_peers),
    )


@dataclass(frozen=True, slots=True)
class Pauses:
    """When each of some people was paused, in control tasks answered; infinite: never."""

    alone: Floats
    with_peers: Floats


def simulate(world: SkillWorld, rng: np.random.Generator, people: int) -> Pauses:
    """Simulate people of one skill who answer until the end of their controls.

    Args:
        world: The world.
        rng: Of all that is drawn.
        people: How many.
    """
    shape = (people, world.controls)
    own = _right(rng, rng.normal(0, world.spread, shape), ability(world.skill, world.spread))
    difficulty = rng.normal(0, world.spread, (*shape, ORDINARY))
    answer = _answers(rng, difficulty, ability(world.skill, world.spread))
    count = _counts(_crowd_answers(rng, difficulty, OTHERS, world.spread))
    majority = np.where(count.max(axis=-1) * 2 > OTHERS, count.argmax(axis=-1), -1)
    if world.is_worst:
        answer = np.where(answer == 0, answer, LABELS)

    pace = PEOPLE / (GROUPS * OTHERS)
    told = np.minimum(world.known + (pace * np.arange(world.controls)).astype(int), BANK)
    alone, with_peers = np.full(people, np.inf), np.full(people, np.inf)
    for person in range(people):
        evidence = log_evidence(own[person], np.ones(world.controls), GOOD)
        alone[person] = _first(evidence, np.arange(1, world.controls + 1).astype(np.float64))
        agrees = np.concatenate([answer[person] == majority[person], own[person][:, None]], axis=1)
        is_peer = np.zeros(agrees.shape, dtype=np.bool_)
        is_peer[:, :-1] = majority[person] >= 0
        with_peers[person] = _paused_with_peers(agrees, is_peer, _shares(rng, world.spread), told)
    return Pauses(alone, with_peers)


def _paused_with_peers(agrees: Bools, is_peer: Bools, shares: Floats, told: Integers) -> float:
    """Return after how many controls somebody is paused by both; rows are what one control ends."""
    is_own = np.zeros(agrees.shape, dtype=np.bool_)
    is_own[:, -1] = True
    errs, differs = (is_own & ~agrees).ravel(), (is_peer & ~agrees).ravel()
    right, wrong = (log_payoffs(np.array(one), np.array(1.0), GOOD)[:, None] for one in (1, 0))
    known = right * _running(is_own & agrees) + wrong * _running(errs)
    agreed, differed = _running(is_peer & agrees), _running(differs)

    on_share = cache(lambda every: evidence_on_share(*shares, every=every)[told])

    def evidence(looks: Indices, every: int = 1) -> Floats:
        majorities = on_share(every)[looks // agrees.shape[1]]
        return log_evidence_with_peers(
            known[:, looks], agreed[looks], differed[looks], majorities, GOOD, every=every
        )

    # The evidence rises only where somebody errs or differs, or more is told of majorities.
    looks = np.flatnonzero(differs | errs)
    looks = looks[evidence(looks, SOME) >= -np.log(RISK)]
    for start in range(0, len(looks), TOGETHER):
        part = looks[start : start + TOGETHER]
        enough = np.flatnonzero(evidence(part) >= -np.log(RISK))
        if len(enough):
            return float((part[enough[0]] + 1) // agrees.shape[1])
    return float("inf")


def _running(happened: Bools) -> Integers:
    return np.cumsum(happened, dtype=np.int64)


def _first(evidence: Floats, controls: Floats) -> float:
    enough = np.flatnonzero(evidence >= -np.log(RISK))
    return float(controls[enough[0]]) if len(enough) else float("inf")


def _shares(rng: np.random.Generator, spread: float) -> Floats:
    """Return how often majorities are clear, and right, on a project's control tasks."""
    people = GROUPS * OTHERS
    count = _counts(_crowd_answers(rng, rng.normal(0, spread, BANK), people, spread))
    groups = majorities(people, OTHERS)[count]
    return np.stack([groups.sum(axis=-1), groups[..., 0]])


@cache
def ability(skill: float, spread: float) -> float:
    """Return the ability of somebody who is right in such a share of all items.

    Args:
        skill: The share.
        spread: Standard deviation of items' difficulty.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(41)
    low, high = -20.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        right = float(weights @ (1 / (1 + np.exp(spread * points - middle)))) / weights.sum()
        low, high = (middle, high) if right < skill else (low, middle)
    return middle


def _crowd_answers(
    rng: np.random.Generator, difficulty: Floats, people: int, spread: float
) -> Integers:
    abilities = np.array([ability(skill, spread) for skill in CROWD])
    return _answers(rng, difficulty[..., None], rng.choice(abilities, (*difficulty.shape, people)))


def _right(rng: np.random.Generator, difficulty: Floats, ability: Floats | float) -> Bools:
    right: Bools = rng.random(np.broadcast(difficulty, ability).shape) < 1 / (
        1 + np.exp(difficulty - ability)
    )
    return right


def _answers(rng: np.random.Generator, difficulty: Floats, ability: Floats | float) -> Integers:
    """Draw labels; 0 is the right one, 1 the most tempting wrong one."""
    right = _right(rng, difficulty, ability)
    other = rng.integers(2, LABELS, right.shape)
    wrong = np.where(rng.random(right.shape) < NEAR, 1, other)
    return np.asarray(np.where(right, 0, wrong), dtype=np.int64)


def _counts(answers: Integers) -> Integers:
    """Count the labels among the last axis."""
    counts: Integers = np.stack([(answers == label).sum(axis=-1) for label in range(LABELS)], -1)
    return counts


def _median(alarms: Floats) -> float | None:
    middle = float(np.median(alarms))
    return middle if np.isfinite(middle) else None


def worlds() -> Iterator[SkillWorld]:
    """Yield the worlds of the promise: honest people for long, bad ones until they are found."""
    for known in (0, BANK):
        for skill in (0.75, 0.8, 0.9):
            yield SkillWorld(skill, 200, known)
        for skill in (0.5, 0.6):
            yield SkillWorld(skill, 150, known)
    for known in (0, BANK):
        yield SkillWorld(0.75, 200, known, is_worst=True)
