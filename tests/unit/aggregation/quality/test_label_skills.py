"""Skill a label: shrunk where little is known, with an interval that holds."""

import numpy as np
import pandas as pd
import pytest

from aggregation.classification.bayesian import Fusion
from aggregation.quality.label_skills import LabelSkills, label_skills
from labeling.mathtypes import Floats

LABELS = ["a", "b", "c"]


def crowd(seed: int, tasks: int = 120, people: int = 12) -> tuple[pd.DataFrame, Floats]:
    """Simulated people of a skill each on each label; a third of them answer each task."""
    rng = np.random.default_rng(seed)
    skills = rng.beta(8, 2, size=(people, 1)) * rng.uniform(0.75, 1, size=(people, 3))
    rows = []
    for task in range(tasks):
        truth = int(rng.integers(3))
        for worker in rng.choice(people, people // 3, replace=False):
            wrong = [label for label in range(3) if label != truth]
            is_right = rng.random() < skills[worker, truth]
            said = truth if is_right else int(rng.choice(wrong))
            rows.append((task, f"w{worker:02d}", LABELS[said]))
    return pd.DataFrame(rows, columns=["task", "worker", "label"]), skills


def learned(votes: pd.DataFrame) -> LabelSkills:
    return label_skills(votes, Fusion(LABELS).fit(votes, {}).probas_)


def cell(table: pd.DataFrame, worker: str, label: str, column: str) -> float:
    return float(table[column].unstack().to_dict("index")[worker][label])


def told(rows: list[tuple[int, str, str]], truth: dict[int, str]) -> LabelSkills:
    """Skills where the consensus is all but certain."""
    votes = pd.DataFrame(rows, columns=["task", "worker", "label"])
    known = {
        task: {label: 0.998 if label == right else 0.001 for label in LABELS}
        for task, right in truth.items()
    }
    return label_skills(votes, pd.DataFrame.from_dict(known, orient="index"))


def test_a_label_that_somebody_misses_is_told_from_those_that_they_know() -> None:
    truth = {task: LABELS[task % 3] for task in range(90)}
    rows = [(task, "good", right) for task, right in truth.items()]
    rows += [(task, "blind to c", "a" if right == "c" else right) for task, right in truth.items()]
    table = told(rows, truth).table()

    assert cell(table, "blind to c", "a", "skill") > 0.85
    assert cell(table, "blind to c", "c", "high") < 0.5
    assert cell(table, "good", "c", "low") > 0.8


def test_what_somebody_calls_a_label_that_they_miss_is_known_too() -> None:
    truth = {task: LABELS[task % 3] for task in range(90)}
    rows = [(task, "good", right) for task, right in truth.items()]
    rows += [(task, "blind to c", "a" if right == "c" else right) for task, right in truth.items()]
    said_of_c = told(rows, truth).of("blind to c")[2]

    assert said_of_c[0] > 0.5 > said_of_c[1]


def test_few_answers_are_shrunk_towards_the_persons_others_and_have_a_wide_interval() -> None:
    truth = dict.fromkeys(range(40), "a") | {40: "b"}
    rows = [(task, worker, right) for task, right in truth.items() for worker in ("x", "y")]
    rows[-1] = (40, "y", "a")
    table = told(rows, truth).table()
    once, often = (
        cell(table, "y", label, "high") - cell(table, "y", label, "low") for label in "ba"
    )

    assert 0.4 < cell(table, "y", "b", "skill") < cell(table, "y", "a", "skill")
    assert once > 3 * often


def test_who_is_not_known_is_one_of_the_crowd() -> None:
    votes, _ = crowd(0)
    known = learned(votes)

    assert (known.of("nobody") == known.of_crowd).all()
    assert known.of_crowd.sum(axis=1) == pytest.approx(1)


def test_items_that_one_person_answered_tell_nothing() -> None:
    rows = [(task, "lonely", "a") for task in range(50)]
    table = told(rows, dict.fromkeys(range(50), "a")).table()

    assert cell(table, "lonely", "a", "answers") == 0
    assert cell(table, "lonely", "a", "low") < 0.5


def test_intervals_hold_about_as_often_as_they_say() -> None:
    """Simulated crowds, whose truth is estimated: 95% intervals hold in 9 of 10 cases at least."""
    held = []
    for seed in range(8):
        votes, skills = crowd(seed)
        table = learned(votes).table()
        low = table["low"].to_numpy().reshape(skills.shape)
        high = table["high"].to_numpy().reshape(skills.shape)
        held.append(((low <= skills) & (skills <= high)).mean())

    assert np.mean(held) > 0.9


def test_shrunk_skills_are_nearer_to_the_truth_than_raw_shares() -> None:
    nearer = []
    for seed in range(3):
        votes, skills = crowd(seed, tasks=60)
        known = learned(votes)
        shrunk = np.diagonal(known.confusions, axis1=1, axis2=2)
        posterior = Fusion(LABELS).fit(votes, {}).probas_
        right = np.zeros_like(skills)
        given = np.zeros_like(skills)
        for task, worker, label in votes.itertuples(index=False):
            row = posterior.loc[task].to_numpy()
            place, said = int(worker[1:]), LABELS.index(label)
            given[place] += row
            right[place, said] += row[said]
        raw = right / given
        nearer.append(np.abs(shrunk - skills).mean() < np.abs(raw - skills).mean())

    assert all(nearer)


def test_known_answers_tell_though_nobody_else_answered() -> None:
    rows = [(task, "ann", "b") for task in range(20)]
    votes = pd.DataFrame(rows, columns=["task", "worker", "label"])
    known = pd.DataFrame({"a": [1.0] * 20, "b": [0.0] * 20})
    unknown = label_skills(votes, known).table()
    told = label_skills(votes, known, range(20)).table()
    assert cell(unknown, "ann", "a", "answers") == 0
    assert cell(told, "ann", "a", "answers") == 20
    assert cell(told, "ann", "a", "skill") < 0.5 < cell(unknown, "ann", "a", "skill")
