"""Simulated campaigns of honest people, in which what is asked, and how hard it is, changes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.quality.rules.contract import Work
from bench.people_rules_honest import LABELS, record
from labeling.mathtypes import Floats, Indices

EASY, HARD = (0.5, 0.3, 0.15, 0.05), (0.05, 0.15, 0.3, 0.5)
"""How often each label is the true one, of the easiest and of the hardest items."""

SITTING = 3 * 3600.0
"""Seconds from the beginning of one sitting to that of the next."""


@dataclass(frozen=True)
class Campaign:
    """How a campaign is drawn: a pilot by lot, reviews of what the model doubts, audits by lot.

    Items differ in difficulty, and hard ones have other labels. Whoever answers does so in
    sittings, each at a pace of its own, in which slow answers follow slow ones. More people are
    asked where answers differ, or contradict the model, and the last of them are not there yet.

    Attributes:
        people: How many there are, all of them honest.
        tasks: How many items.
        votes: People that each is given to at first.
        most: People that each may be given to.
        room: Items that wait for one person at a time.
        pace: What all times are multiplied with; programs are fast.
        phases: In which order the campaign asks.
    """

    people: int = 12
    tasks: int = 500
    votes: int = 2
    most: int = 5
    room: int = 25
    pace: float = 1.0
    phases: Sequence[str] = ("pilot", "review", "audit")

    def answers(self, seed: int) -> pd.DataFrame:
        """Return the answers until the day of a look, with the true label in the column `truth`."""
        return _Course(self, np.random.default_rng([seed, 29])).answers()

    def work(self, seed: int) -> Work:
        """Return the record of the campaign's work."""
        return record(self.answers(seed), controls=40)


class _Course:
    """A campaign while it is under way."""

    def __init__(self, campaign: Campaign, rng: np.random.Generator) -> None:
        self._campaign, self._rng = campaign, rng
        tasks, people, labels = campaign.tasks, campaign.people, len(LABELS)
        self._hard = rng.beta(1.2, 3.0, tasks)
        mix = np.outer(1 - self._hard, EASY) + np.outer(self._hard, HARD)
        self._truth = _draw(mix, rng)
        self._lure = rng.integers(0, labels, tasks)
        self._words = np.exp(rng.normal(3.0, 0.6, tasks)).astype(int) + 3
        self._confidence = np.clip(1 - 0.8 * self._hard + rng.normal(0, 0.1, tasks), 0.3, 0.99)
        is_right = rng.random(tasks) < self._confidence
        self._model = np.where(is_right, self._truth, self._lure)
        skill = rng.beta(6.0, 2.0, people)[:, None, None]
        slips = rng.dirichlet(np.ones(labels) * 2, (people, labels))
        self._confusion = (1 - skill) * slips + skill * np.eye(labels)
        self._follows = rng.beta(2.0, 5.0, people)
        self._own_pace = rng.normal(0, 0.4, people)
        self._reads = rng.normal(0.6, 0.15, people)
        self._said: dict[int, dict[int, int]] = {task: {} for task in range(tasks)}
        self._rows: list[tuple[int, int, str, bool, int, float, float]] = []
        self._sittings = 0

    def answers(self) -> pd.DataFrame:
        for phase in self._campaign.phases:
            self._run(phase, self._tasks_of(phase))
        names = ["task", "who", "asked_as", "is_blind", "said", "seconds", "ended"]
        frame = pd.DataFrame(self._rows, columns=names)
        frame = frame[frame["ended"] <= frame["ended"].max() * self._rng.uniform(0.4, 1.0)]
        task = frame["task"].to_numpy()
        model = pd.Series(np.array(LABELS)[self._model[task]], index=frame.index)
        found: pd.DataFrame = frame.assign(
            worker=[f"w{who:03d}" for who in frame["who"]],
            label=np.array(LABELS)[frame["said"]],
            text=[" ".join(["word"] * self._words[one]) + f" {one}" for one in task],
            prelabel=model.where(~frame["is_blind"], None),
            confidence=self._confidence[task],
            is_planned=frame.groupby("task").cumcount() < self._campaign.votes,
            truth=np.array(LABELS)[self._truth[task]],
            submitted_at=pd.Timestamp("2026-03-02", tz="UTC")
            + pd.to_timedelta(frame["ended"], unit="s"),
        )
        return found.reset_index(drop=True)

    def _tasks_of(self, phase: str) -> Indices:
        """Return a phase's items in the order in which it asks them."""
        by_lot = np.random.default_rng(int(self._words.sum())).permutation(self._campaign.tasks)
        pilot, rest = np.split(by_lot, [self._campaign.tasks // 6])
        doubtful = rest[np.argsort(self._confidence[rest], kind="stable")]
        review = doubtful[: len(rest) // 2]
        return {"pilot": pilot, "review": review, "audit": np.setdiff1d(rest, review)}[phase]

    def _run(self, phase: str, tasks: Indices) -> None:
        if phase == "audit":
            tasks = self._rng.permutation(tasks)
        owed = {int(task): self._campaign.votes for task in tasks}
        while any(owed.values()):
            given = self._assign(owed)
            for who, asked in enumerate(given):
                self._sit(who, asked, phase)
            self._sittings += 1
            for task in owed:
                owed[task] = self._owed(task, phase)

    def _assign(self, owed: dict[int, int]) -> list[list[int]]:
        given: list[list[int]] = [[] for _ in range(self._campaign.people)]
        for task, votes in owed.items():
            free = [
                who
                for who in self._rng.permutation(self._campaign.people)
                if who not in self._said[task] and len(given[who]) < self._campaign.room
            ]
            for who in sorted(free, key=lambda one: len(given[one]))[:votes]:
                given[who].append(task)
        return given

    def _sit(self, who: int, asked: Sequence[int], phase: str) -> None:
        """Let somebody answer what waits for them, in the order of their tab."""
        tasks = np.array(asked, dtype=np.intp)
        if not len(tasks):
            return
        rng, labels = self._rng, len(LABELS)
        hard = self._hard[tasks][:, None]
        lured = 0.5 * np.eye(labels)[self._lure[tasks]] + 0.5 / labels
        said = _draw((1 - hard) * self._confusion[who, self._truth[tasks]] + hard * lured, rng)
        is_blind = phase != "review"
        if not is_blind:
            kept = rng.random(len(tasks)) < self._follows[who]
            said = np.where(kept, self._model[tasks], said)
        pace = self._own_pace[who] + rng.normal(0, 0.3)
        logs = 0.5 + pace + self._reads[who] * np.log(self._words[tasks]) + 0.8 * self._hard[tasks]
        seconds = self._campaign.pace * np.exp(logs + _slow_after_slow(len(tasks), rng))
        ended = self._sittings * SITTING + rng.uniform(0, 3600) + seconds.cumsum()
        for task, label, took, at in zip(asked, said, seconds, ended, strict=True):
            self._said[task][who] = int(label)
            self._rows.append((task, who, phase, is_blind, int(label), float(took), float(at)))

    def _owed(self, task: int, phase: str) -> int:
        """Return the answers that an item still needs: one more while it is in doubt."""
        said = self._said[task]
        most = min(self._campaign.most, self._campaign.people)
        if len(said) < self._campaign.votes:
            return self._campaign.votes - len(said)
        votes = [*said.values(), *([] if phase == "audit" else [int(self._model[task])])]
        leading = Counter(votes).most_common(1)[0][1]
        return int(leading < 0.75 * len(votes) and len(said) < most)


def _draw(shares: Floats, rng: np.random.Generator) -> Indices:
    bounds = shares.cumsum(axis=1)
    drawn: Indices = (rng.random((len(shares), 1)) * bounds[:, -1:] > bounds).sum(axis=1)
    return drawn


def _slow_after_slow(count: int, rng: np.random.Generator) -> Floats:
    """Return deviations of log-seconds, each of which takes after the one before."""
    deviations = rng.normal(0, 0.5, count)
    for place in range(1, count):
        deviations[place] = 0.6 * deviations[place - 1] + 0.8 * deviations[place]
    return deviations
