"""Real people's recorded answers, given again one by one, with and without quality control.

A part of the items with a known label become control tasks, whose answers never label anything. The
others are asked in a random order, each of `VOTES` people whose answer to it is recorded and who
may still be asked. Whoever has too few control tasks by now gets one more that they answered. After
every `LOOK` votes everybody is looked at. So each way of quality control sees the same people, with
the same order of items and, on each item, of people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from aggregation.classification.bayesian import NOTHING_KNOWN, Fusion
from aggregation.classification.registry import aggregator
from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.exam import exam_verdict
from aggregation.quality.peer_test import first_alarm_with_peers
from aggregation.quality.peer_votes import PlannedVote, observations
from bench.people_ways import Way
from labeling.settings.quality_section import QualitySettings

VOTES = 5
"""Votes that each item is asked for."""
CONTROL_ITEMS = 0.2
"""The share of the items that become control tasks."""
CONTROL_SHARE = 0.1
"""The share of a person's answers that control tasks are."""
LOOK = 300
"""Votes between two looks at everybody."""
BAD, GOOD = 0.5, 0.75
"""A person is bad below the one share of right answers, and good above the other."""
TOLD = 10
"""Answers from which on a person is held for bad or good."""
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A crowd's recorded answers.

    Attributes:
        name: The folder's name.
        answers: What each person said, by task, then by person.
        gold: The right label, by task.
        labels: Every label.
    """

    name: str
    answers: Mapping[int, Mapping[int, str]]
    gold: Mapping[int, str]
    labels: Sequence[str]

    def skills(self) -> dict[int, float]:
        """Return the share of right answers of everybody who gave enough of them."""
        right: dict[int, list[bool]] = {}
        for task, said in self.answers.items():
            for worker, label in said.items():
                right.setdefault(worker, []).append(label == self.gold[task])
        return {who: float(np.mean(own)) for who, own in right.items() if len(own) >= TOLD}


@dataclass(frozen=True, slots=True)
class Ending:
    """How one replay ended.

    Attributes:
        accuracy: Share of right labels by the settings' aggregator.
        majority: The same by majority vote.
        paused: After how many control tasks each was paused, by person.
        failed: Who failed the exam.
        votes: Votes that the labels are made of, an item.
        controls: Control tasks answered, as a share of all answers.
    """

    accuracy: float
    majority: float
    paused: Mapping[int, int]
    failed: frozenset[int]
    votes: float
    controls: float


@dataclass
class _Replay:
    """The state of one replay."""

    crowd: Recorded
    way: Way
    barred: set[int] = field(default_factory=set)
    paused: dict[int, int] = field(default_factory=dict)
    failed: set[int] = field(default_factory=set)
    examined: set[int] = field(default_factory=set)
    given: dict[int, int] = field(default_factory=dict)
    controls: list[ControlAnswer] = field(default_factory=list)
    votes: list[PlannedVote] = field(default_factory=list)
    later: list[PlannedVote] = field(default_factory=list)
    now: int = 0

    def tick(self) -> datetime:
        self.now += 1
        return START + timedelta(seconds=self.now)


def replay(crowd: Recorded, way: Way, seed: int) -> Ending:
    """Give a crowd's answers again under one way of quality control.

    Args:
        crowd: The recorded answers.
        way: The way.
        seed: Of the control tasks, and of the order of items and people.

    Returns:
        How it ended.
    """
    rng = np.random.default_rng([seed, 16])
    tasks = [int(task) for task in rng.permutation(sorted(crowd.answers))]
    known = int(len(tasks) * CONTROL_ITEMS)
    bank, items = tasks[:known], tasks[known:]
    people = sorted({worker for said in crowd.answers.values() for worker in said})
    tests = {who: [task for task in bank if who in crowd.answers[task]] for who in people}
    order = {
        item: [int(who) for who in rng.permutation(sorted(crowd.answers[item]))] for item in items
    }
    state = _Replay(crowd, way)
    if way.oracle:
        state.barred |= {who for who, skill in crowd.skills().items() if skill < BAD}
    for item in items:
        before = len(state.votes)
        _ask(state, item, order[item], tests)
        if way.pauses and before // LOOK != len(state.votes) // LOOK:
            _look(state)
    if way.pauses:
        _look(state)
    if way.excludes:
        _ask_again(state, order, tests)
    return _ending(state, items)


def _ask(state: _Replay, item: int, order: Sequence[int], tests: Mapping[int, list[int]]) -> None:
    """Have people answer an item, who first do the exam and the control tasks that they owe."""
    missing = VOTES
    for who in order:
        if not missing:
            break
        if state.way.exam and who not in state.examined:
            _examine(state, who, tests[who])
        if who in state.barred:
            continue
        missing -= 1
        _check(state, who, tests[who])
        state.given[who] = state.given.get(who, 0) + 1
        label = state.crowd.answers[item][who]
        state.votes.append(PlannedVote(item, who, label, state.tick()))


def _check(state: _Replay, who: int, tests: list[int]) -> None:
    """Give somebody a control task, if they owe one and answered one more."""
    done = sum(one.worker == who for one in state.controls)
    if tests and done <= CONTROL_SHARE * (done + state.given.get(who, 0)):
        _answer_control(state, who, tests.pop())


def _answer_control(state: _Replay, who: int, task: int) -> bool:
    said = state.crowd.answers[task][who]
    is_right = said == state.crowd.gold[task]
    state.controls.append(ControlAnswer(who, task, said, is_right, 1.0, state.tick()))
    return is_right


def _examine(state: _Replay, who: int, tests: list[int]) -> None:
    """Examine somebody, as far as their answers are recorded; who is not failed is let in."""
    settings = QualitySettings()
    state.examined.add(who)
    right: list[bool] = []
    while tests:
        verdict = exam_verdict(
            right,
            skill=settings.exam_skill,
            probability=settings.exam_probability,
            controls=settings.exam_controls,
        )
        if verdict == "failed":
            state.failed.add(who)
            state.barred.add(who)
        if verdict is not None:
            break
        right.append(_answer_control(state, who, tests.pop()))


def _look(state: _Replay) -> None:
    """Pause everybody of whom it is proved by now that they are below `good`."""
    settings = QualitySettings()
    for who in sorted(state.given.keys() - state.barred):
        known = observations(who, state.controls, state.votes, others=VOTES - 1)
        if first_alarm_with_peers(known, settings.good, settings.wrongly_paused) is not None:
            state.paused[who] = sum(one.worker == who for one in state.controls)
            state.barred.add(who)


def _ask_again(
    state: _Replay, order: Mapping[int, Sequence[int]], tests: Mapping[int, list[int]]
) -> None:
    """Have others give the votes of whoever was paused."""
    said = {(one.task, one.worker) for one in state.votes}
    for one in state.votes:
        if one.worker in state.paused:
            fresh = (
                who
                for who in order[one.task]
                if who not in state.barred and (one.task, who) not in said
            )
            other = next(fresh, None)
            if other is not None:
                said.add((one.task, other))
                _check(state, other, tests[other])
                label = state.crowd.answers[one.task][other]
                state.later.append(PlannedVote(one.task, other, label, state.tick()))


def _ending(state: _Replay, items: Sequence[int]) -> Ending:
    out = state.paused.keys() if state.way.excludes else frozenset[int]()
    counted = [one for one in [*state.votes, *state.later] if one.worker not in out]
    rows = [(one.task, str(one.worker), one.label) for one in counted]
    controls = [one for one in state.controls if one.worker not in out]
    tested = [(one.control, str(one.worker), one.answer) for one in controls]
    if state.way.learns_all:
        who, bank = {one.worker for one in counted}, state.crowd.answers.keys() - {*items}
        said = [(task, *one) for task in bank for one in state.crowd.answers[task].items()]
        tested = [(task, str(one), label) for task, one, label in said if one in who]
    votes = pd.DataFrame(rows, columns=["task", "worker", "label"])
    asked, known = (votes, NOTHING_KNOWN)
    if state.way.learns:
        asked = pd.DataFrame([*rows, *tested], columns=votes.columns)
        known = {task: frozenset([state.crowd.gold[task]]) for task, _, _ in tested}
    labels = Fusion(state.crowd.labels, model=None).fit(asked, {}, known).labels_
    if state.way.weighs:
        labels = _weighed(state.crowd, counted)
    majority = aggregator("majority-vote").fit_predict(votes)
    return Ending(
        accuracy=_accuracy(labels, state.crowd.gold, items),
        majority=_accuracy(majority, state.crowd.gold, items),
        paused=state.paused,
        failed=frozenset(state.failed),
        votes=len(counted) / len(items),
        controls=len(state.controls) / (len(state.controls) + len(state.votes)),
    )


def _weighed(crowd: Recorded, votes: Sequence[PlannedVote]) -> "pd.Series[str]":
    """Label items by the votes' log-odds, everybody's share of right answers being known."""
    right: dict[int, list[bool]] = {}
    for task, said in crowd.answers.items():
        for who, label in said.items():
            right.setdefault(who, []).append(label == crowd.gold[task])
    mean = float(np.mean([one for own in right.values() for one in own]))
    # Two answers as good as the crowd's, so that nobody is certain.
    skill = {who: (sum(own) + 2 * mean) / (len(own) + 2) for who, own in right.items()}
    others = len(crowd.labels) - 1
    weight = {who: np.log(one * others / (1 - one)) for who, one in skill.items()}
    frame = pd.DataFrame(
        [(one.task, one.label, weight[one.worker]) for one in votes],
        columns=["task", "label", "weight"],
    )
    sums = frame.groupby(["task", "label"])["weight"].sum().unstack("label")
    return sums.idxmax(axis=1).astype("str")


def _accuracy(labels: "pd.Series[str]", gold: Mapping[int, str], items: Sequence[int]) -> float:
    found = {int(task): str(label) for task, label in zip(labels.index, labels, strict=True)}
    return float(np.mean([found.get(item) == gold[item] for item in items]))
