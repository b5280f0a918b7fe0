"""Simulated crowds of honest people, who differ in skill, bias, pace and habits."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.quality.rules.contract import Work
from labeling.mathtypes import Indices

LABELS = ("a", "b", "c", "d")


@dataclass(frozen=True)
class HonestCrowd:
    """How the crowd is drawn."""

    people: int = 40
    tasks: int = 300
    votes: int = 6
    controls: int = 60

    def answers(self, seed: int) -> pd.DataFrame:
        """Return the answers, with the true label of each item in the column `truth`."""
        rng = np.random.default_rng([seed, 17])
        k = len(LABELS)
        truth = rng.choice(k, self.tasks, p=[0.4, 0.3, 0.2, 0.1])
        difficulty = rng.beta(1.2, 3.0, self.tasks)
        lure = rng.integers(0, k, self.tasks)
        words = np.exp(rng.normal(3.0, 0.6, self.tasks)).astype(int) + 3
        share = rng.gamma(3.0, 1.0, self.people)
        keys = np.log(share) + rng.gumbel(size=(self.tasks, self.people))
        chosen = np.argsort(-keys, axis=1)[:, : self.votes]
        task: Indices = np.repeat(np.arange(self.tasks), self.votes)
        worker: Indices = chosen.ravel()
        shuffled = rng.permutation(len(task))
        task, worker = task[shuffled], worker[shuffled]
        skill = rng.beta(6.0, 2.0, self.people)
        slips = rng.dirichlet(np.ones(k) * 2, (self.people, k))
        skills = skill[:, None, None]
        confusion = (1 - skills) * slips + skills * np.eye(k)
        p = confusion[worker, truth[task]]
        hard = difficulty[task][:, None]
        p = (1 - hard) * p + hard * (0.5 * np.eye(k)[lure[task]] + 0.5 / k)
        label = (rng.random((len(task), 1)) > p.cumsum(axis=1)).sum(axis=1)
        prelabel = np.where(rng.random(self.tasks) < 0.7, truth, rng.integers(0, k, self.tasks))
        is_blind = rng.random(len(task)) < 0.5
        drawn_to_it = rng.beta(2.0, 5.0, self.people)
        follows = ~is_blind & (rng.random(len(task)) < drawn_to_it[worker])
        label = np.where(follows, prelabel[task], label)
        pace, reads = rng.normal(0, 0.4, self.people), rng.normal(0.6, 0.15, self.people)
        seconds = np.exp(
            0.5
            + pace[worker]
            + reads[worker] * np.log(words[task])
            + 0.8 * difficulty[task]
            + rng.normal(0, 0.5, len(task))
        )
        frame = pd.DataFrame(
            {
                "task": task,
                "worker": [f"w{w:03d}" for w in worker],
                "label": np.array(LABELS)[label],
                "is_blind": is_blind,
                "seconds": seconds,
                "text": [" ".join(["word"] * words[t]) + f" {t}" for t in task],
                "prelabel": pd.Series(np.array(LABELS)[prelabel[task]]).where(~is_blind, None),
                "truth": np.array(LABELS)[truth[task]],
            }
        )
        frame["submitted_at"] = self._times(frame, rng)
        return frame

    def work(self, seed: int) -> Work:
        """Return the record of the crowd's work."""
        return record(self.answers(seed), controls=self.controls)

    def _times(self, frame: pd.DataFrame, rng: np.random.Generator) -> "pd.Series[pd.Timestamp]":
        """Let everybody work in sessions of some answers, at hours and days of their own."""
        day = pd.Timestamp("2026-03-02", tz="UTC")
        at = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[ns, UTC]")
        for _, own in frame.groupby("worker"):
            size = int(rng.integers(15, 30))
            sessions = -(-len(own) // size)
            starts = np.sort(rng.choice(14 * 9, sessions, replace=False))
            begins = (starts // 9) * 86400 + (9 + starts % 9) * 3600 + rng.random(sessions) * 3600
            took = own["seconds"].to_numpy() * (1 + 0.3 * np.exp(-np.arange(len(own)) / 20))
            session = np.arange(len(own)) // size
            elapsed = pd.Series(took).groupby(session).cumsum().to_numpy()
            at[own.index] = day + pd.to_timedelta(begins[session] + elapsed, unit="s")
        return at


def record(frame: pd.DataFrame, *, controls: int) -> Work:
    """Return the record of answers, to the first of whose items the answer is known."""
    truth = frame.drop_duplicates("task").set_index("task")["truth"]
    known: dict[int, set[str]] = {
        int(str(task)): {str(label)} for task, label in truth.items() if int(str(task)) < controls
    }
    return Work.of(frame, labels=LABELS, known=known)


def honest_texts(seed: int, people: int = 30, tasks: int = 150, votes: int = 5) -> Work:
    """Return the record of texts that people wrote themselves, of which a few are quotes."""
    rng = np.random.default_rng([seed, 23])
    vocabulary = np.array(
        [f"{a}{b}" for a in "bcdfgklm" for b in ("al", "on", "irt", "esk", "ump")]
    )
    items = [" ".join(rng.choice(vocabulary, 25)) for _ in range(tasks)]
    quotes = rng.beta(1.0, 9.0, people)
    rows = []
    for task, item in enumerate(items):
        for who in rng.choice(people, votes, replace=False):
            own = " ".join(rng.choice(vocabulary, 8))
            rows.append(
                (task, f"w{who:03d}", item[:40] if rng.random() < quotes[who] else own, item)
            )
    return Work.of(
        pd.DataFrame(rows, columns=["task", "worker", "label", "text"]), is_free_text=True
    )
