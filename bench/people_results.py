"""What quality control does for the labels of real crowds, summed up over replays.

A folder holds `crowd.csv` (task, worker, label) and `gold.csv` (task, label), and is replayed by
`bench.people_replay`. Or it holds `controls.csv` (task, label; several may be accepted) in the
place of the latter, and columns `is_control` and `ended` beside the crowd's answers: then its own
control answers are looked at as they came, and there is no accuracy to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from aggregation.quality.control_answers import ControlAnswer
from aggregation.quality.peer_test import first_alarm_with_peers
from aggregation.quality.peer_votes import PlannedVote, observations
from aggregation.quality.skill_test import Comparison
from bench.people_replay import BAD, GOOD, TOLD, Ending, Recorded, replay
from bench.people_ways import WAYS, Way
from labeling.mathtypes import Floats
from labeling.settings.quality_section import QualitySettings

GAIN_DRAWS = 2000
"""Draws of the bootstrap over seeds."""


@dataclass(frozen=True, slots=True)
class WayResult:
    """One way of quality control on one crowd: means over the seeds.

    Attributes:
        accuracy: Share of right labels; None: nothing is known of them.
        majority: The same by majority vote.
        gain: What it gains over no quality control, paired by seed.
        gain_low: The lower end of that mean's 95% interval over seeds.
        gain_high: Its upper end.
        gain_of_oracle: The gain as a share of what removing bad people gains.
        majority_gain_of_oracle: The same by majority vote.
        over_majority: What the accuracy gains over majority vote without quality control: weighing
            people by how they agree is quality control too.
        paused_bad: People below .50 who were paused, of all `bad`.
        paused_good: People above .75 who were paused, of all `good`.
        failed_bad: People below .50 who failed the exam.
        failed_good: People above .75 who failed the exam.
        controls_until_paused: Median of control tasks until a bad person was paused; None: none.
        votes: Votes that the labels are made of, an item.
        controls: Control tasks among all answers.
    """

    folder: str
    way: str
    seeds: int
    bad: int
    good: int
    paused_bad: float
    paused_good: float
    failed_bad: float
    failed_good: float
    controls_until_paused: float | None
    accuracy: float | None = None
    majority: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    gain_of_oracle: float | None = None
    majority_gain_of_oracle: float | None = None
    over_majority: float | None = None
    votes: float | None = None
    controls: float | None = None


def results_of(folder: Path, seeds: int) -> list[WayResult]:
    """Replay a folder.

    Args:
        folder: See the module.
        seeds: How often.

    Returns:
        A result a way; of a folder with control answers of its own, one.
    """
    if (folder / "controls.csv").exists():
        return [_own_controls(folder)]
    crowd = recorded(folder)
    endings = {way: [replay(crowd, way, seed) for seed in range(seeds)] for way in WAYS}
    return [_summary(crowd, way, endings) for way in WAYS]


def recorded(folder: Path) -> Recorded:
    """Read a crowd's answers to items with a known label, one of a person each.

    Args:
        folder: Holds `crowd.csv` and `gold.csv`.
    """
    crowd = _table(folder / "crowd.csv").drop_duplicates(["task", "worker"])
    gold = _table(folder / "gold.csv").set_index("task")["label"].to_dict()
    crowd = crowd[crowd["task"].isin(list(gold))]
    tasks = {task: number for number, task in enumerate(sorted(set(crowd["task"])))}
    workers = {worker: number for number, worker in enumerate(sorted(set(crowd["worker"])))}
    answers: dict[int, dict[int, str]] = {}
    for task, worker, label in zip(crowd["task"], crowd["worker"], crowd["label"], strict=True):
        answers.setdefault(tasks[task], {})[workers[worker]] = label
    known = {number: str(gold[task]) for task, number in tasks.items()}
    return Recorded(folder.name, answers, known, sorted({*crowd["label"], *known.values()}))


def _summary(crowd: Recorded, way: Way, endings: dict[Way, list[Ending]]) -> WayResult:
    skills, own = crowd.skills(), endings[way]
    bad = {who for who, skill in skills.items() if skill < BAD}
    good = {who for who, skill in skills.items() if skill > GOOD}
    none, oracle = endings[WAYS[0]], endings[WAYS[-1]]
    gains = _accuracies(own) - _accuracies(none)
    drawn = np.random.default_rng(0).choice(gains, (GAIN_DRAWS, len(gains))).mean(axis=1)
    until = [n for one in own for who, n in one.paused.items() if who in bad]
    majorities, best = _majorities(own) - _majorities(none), _majorities(oracle) - _majorities(none)
    return WayResult(
        folder=crowd.name,
        way=way.name,
        seeds=len(own),
        bad=len(bad),
        good=len(good),
        paused_bad=float(np.mean([len(one.paused.keys() & bad) for one in own])),
        paused_good=float(np.mean([len(one.paused.keys() & good) for one in own])),
        failed_bad=float(np.mean([len(one.failed & bad) for one in own])),
        failed_good=float(np.mean([len(one.failed & good) for one in own])),
        controls_until_paused=float(np.median(until)) if until else None,
        accuracy=float(_accuracies(own).mean()),
        majority=float(_majorities(own).mean()),
        gain=float(gains.mean()),
        gain_low=float(np.quantile(drawn, 0.025)),
        gain_high=float(np.quantile(drawn, 0.975)),
        gain_of_oracle=_share(gains.mean(), (_accuracies(oracle) - _accuracies(none)).mean()),
        majority_gain_of_oracle=_share(majorities.mean(), best.mean()),
        over_majority=float(_accuracies(own).mean() - _majorities(none).mean()),
        votes=float(np.mean([one.votes for one in own])),
        controls=float(np.mean([one.controls for one in own])),
    )


def _accuracies(endings: Sequence[Ending]) -> Floats:
    return np.array([one.accuracy for one in endings])


def _majorities(endings: Sequence[Ending]) -> Floats:
    return np.array([one.majority for one in endings])


def _share(gain: float, of_oracle: float) -> float | None:
    """Return a gain as a share of the oracle's; None where that gains nothing."""
    return float(gain / of_oracle) if of_oracle > 0 else None


def _own_controls(folder: Path) -> WayResult:
    """Look at everybody after all that they answered, in its order, controls being the crowd's."""
    crowd = _table(folder / "crowd.csv").drop_duplicates(["task", "worker"]).sort_values("ended")
    accepted = _table(folder / "controls.csv").groupby("task")["label"].agg(frozenset).to_dict()
    tasks = {task: number for number, task in enumerate(sorted(set(crowd["task"])))}
    workers = {worker: number for number, worker in enumerate(sorted(set(crowd["worker"])))}
    controls: list[ControlAnswer] = []
    votes: list[PlannedVote] = []
    for row in crowd.to_dict("records"):
        task, who, said = tasks[row["task"]], workers[row["worker"]], str(row["label"])
        at = datetime.fromisoformat(str(row["ended"])).replace(tzinfo=UTC)
        if row["task"] in accepted:
            is_right = said in accepted[row["task"]]
            controls.append(ControlAnswer(who, task, said, is_right, 1.0, at))
        else:
            votes.append(PlannedVote(task, who, said, at))
    # The platform planned as many votes an item as most items have, and asked them all.
    per_task = crowd[~crowd["task"].isin(list(accepted))].groupby("task").size()
    others = int(per_task.mode().iloc[0]) - 1
    return _paused_in(folder.name, controls, votes, others)


def _paused_in(
    name: str, controls: Sequence[ControlAnswer], votes: Sequence[PlannedVote], others: int
) -> WayResult:
    settings, right = QualitySettings(), dict[int, list[bool]]()
    for one in controls:
        right.setdefault(one.worker, []).append(one.is_right)
    skills = {who: float(np.mean(own)) for who, own in right.items() if len(own) >= TOLD}
    bad = {who for who, skill in skills.items() if skill < BAD}
    good = {who for who, skill in skills.items() if skill > GOOD}
    paused: dict[int, int] = {}
    for who in right:
        known = observations(who, controls, votes, others=others)
        alarm = first_alarm_with_peers(known, settings.good, settings.wrongly_paused)
        if alarm is not None:
            paused[who] = sum(isinstance(one, Comparison) for one in known[:alarm])
    until = [paused[who] for who in paused.keys() & bad]
    return WayResult(
        folder=name,
        way="own controls",
        seeds=1,
        bad=len(bad),
        good=len(good),
        paused_bad=len(paused.keys() & bad),
        paused_good=len(paused.keys() & good),
        failed_bad=0,
        failed_good=0,
        controls_until_paused=float(np.median(until)) if until else None,
    )


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="str", keep_default_na=False)
