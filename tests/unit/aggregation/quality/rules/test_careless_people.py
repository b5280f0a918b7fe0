"""Each rule sees the carelessness that it is made for, and names who it is."""

import numpy as np
import pandas as pd
import pytest

from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.registry import RULES, examine
from bench.people_rules_honest import (
    LABELS,
    HonestCrowd,
    honest_texts,
    record,
)

CROWD = HonestCrowd(people=30, tasks=400, votes=8)


@pytest.fixture
def frame() -> pd.DataFrame:
    return CROWD.answers(5)


def of(rule: str, work: Work, who: str) -> Finding:
    return next(one for one in RULES[rule](work) if one.workers[0] == who)


def most_active(frame: pd.DataFrame, place: int = 0) -> str:
    return str(frame["worker"].value_counts().index[place])


def test_who_always_says_the_first_choice(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    frame.loc[frame["worker"] == who, "label"] = "a"
    found = of("favourite", record(frame, controls=0), who)
    assert found.p_value < 1e-4
    assert "'a', the form's first choice, in 100%" in found.line


def test_who_clicks_at_random_follows_the_items_least(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    own = frame["worker"] == who
    frame.loc[own, "label"] = np.random.default_rng(0).choice(LABELS, own.sum())
    found = {one.workers[0]: one.p_value for one in RULES["entropy"](record(frame, controls=0))}
    assert min(found, key=lambda name: found[name]) == who
    assert found[who] < 0.01


def test_who_gives_the_same_answer_many_times_and_then_another(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    own = frame.index[frame["worker"] == who]
    frame.loc[own, "label"] = [LABELS[place // 12 % 4] for place in range(len(own))]
    found = of("runs", record(frame, controls=0), who)
    assert found.p_value < 1e-6
    assert "repeats the answer before" in found.line


def test_who_works_at_first_and_then_clicks(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    own = frame[frame["worker"] == who].sort_values("submitted_at").index
    half = len(own) // 2
    frame.loc[own, "label"] = frame.loc[own, "truth"]
    frame.loc[own[half:], "label"] = np.random.default_rng(0).choice(LABELS, len(own) - half)
    assert of("order", record(frame, controls=0), who).p_value < 1e-4


def test_who_keeps_every_pre_label(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    own = (frame["worker"] == who) & frame["prelabel"].notna()
    frame.loc[own, "label"] = frame.loc[own, "prelabel"]
    found = of("prelabel", record(frame, controls=0), who)
    assert found.p_value < 0.005
    assert found.line.startswith("keeps ")


def test_two_who_share_their_answers_are_named_together(frame: pd.DataFrame) -> None:
    one, other = most_active(frame), most_active(frame, 1)
    own = frame[frame["worker"] == one].set_index("task")["label"]
    same = (frame["worker"] == other) & frame["task"].isin(own.index)
    frame.loc[same, "label"] = frame.loc[same, "task"].map(own)
    found = of("pairs", record(frame, controls=0), one)
    assert found.workers == (one, other)
    assert found.p_value < 1e-4


@pytest.mark.parametrize(("together", "is_seen"), [(False, True), (True, False)])
def test_two_accounts_that_err_alike_are_one_person_only_if_never_at_work_together(
    frame: pd.DataFrame, together: bool, is_seen: bool
) -> None:
    one, other = most_active(frame), most_active(frame, 1)
    own = frame[frame["worker"] == one].set_index("task")["label"]
    same = (frame["worker"] == other) & frame["task"].isin(own.index)
    frame.loc[same, "label"] = frame.loc[same, "task"].map(own)
    # Both work for 20 minutes of every hour, the second at the same minutes or half an hour later.
    for who, minutes in ((one, 0), (other, 0 if together else 30)):
        rows = frame.index[frame["worker"] == who]
        places = np.arange(len(rows))
        seconds = places // 6 * 3600 + minutes * 60 + places % 6 * 200
        times = pd.Timestamp("2026-03-02T09:05", tz="UTC") + pd.to_timedelta(seconds, unit="s")
        frame.loc[rows, "submitted_at"], frame.loc[rows, "seconds"] = times, 200.0
    found = of("alternation", record(frame, controls=0), one)
    assert found.workers == (one, other)
    assert (found.p_value < 0.01) is is_seen


def test_who_saves_answers_in_bursts(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    rows = frame.index[frame["worker"] == who]
    gaps = np.random.default_rng(0).gamma(20, 1.0, len(rows))
    gaps[np.arange(len(rows)) % 16 < 5] /= 20
    times = pd.Timestamp("2026-03-02", tz="UTC") + pd.to_timedelta(gaps.cumsum(), unit="s")
    frame.loc[rows, "submitted_at"] = times
    found = of("bursts", record(frame, controls=0), who)
    assert found.p_value < 1e-4
    assert "short gaps follow a short one" in found.line


def test_who_does_not_take_longer_for_longer_texts(frame: pd.DataFrame) -> None:
    who = most_active(frame)
    own = frame["worker"] == who
    frame.loc[own, "seconds"] = np.exp(np.random.default_rng(0).normal(2.0, 0.3, own.sum()))
    found = of("reading", record(frame, controls=0), who)
    assert found.p_value < 0.02
    assert "for a text of twice the length" in found.line


@pytest.mark.parametrize(("factor", "bad"), [(1 / 20, "fast"), (20, "slow")])
def test_whether_fast_or_slow_is_bad_is_learned_from_known_answers(
    frame: pd.DataFrame, factor: float, bad: str
) -> None:
    who = most_active(frame)
    is_wrong = (frame["label"] != frame["truth"]).to_numpy()
    others = (frame["worker"] != who).to_numpy()
    frame.loc[is_wrong & others, "seconds"] *= factor**0.3
    for speed, is_seen in ((factor, True), (1 / factor, False)):
        changed = frame.copy()
        changed.loc[~others, "seconds"] *= speed
        found = of("speed", record(changed, controls=400), who)
        assert (found.p_value < 0.001) is is_seen
        assert f"({bad} is bad here)" in found.line


def test_without_known_answers_no_pace_is_called_bad(frame: pd.DataFrame) -> None:
    assert not RULES["speed"](record(frame, controls=0))


@pytest.mark.parametrize("kind", ["own", "others", "item"])
def test_who_copies_texts(kind: str) -> None:
    answers = honest_texts(1).answers.copy()
    who = str(answers["worker"].value_counts().index[0])
    own = answers["worker"] == who
    others = answers[~own].drop_duplicates("task").set_index("task")["label"]
    answers.loc[own, "label"] = {
        "own": pd.Series("this is a fine answer to it all", answers.index[own]),
        "others": answers.loc[own, "task"].map(others),
        "item": answers.loc[own, "text"].str[5:60],
    }[kind]
    found = of("copies", Work.of(answers, is_free_text=True), who)
    words = {"own": "answer to another item", "others": "another person's", "item": "pasted"}
    assert found.p_value < 1e-3
    assert words[kind] in found.line


def test_careless_people_are_flagged_among_honest_ones(frame: pd.DataFrame) -> None:
    careless = [most_active(frame), most_active(frame, 1)]
    frame.loc[frame["worker"].isin(careless), "label"] = "d"
    flags = examine(record(frame, controls=0))
    assert {flag.finding.workers[0] for flag in flags} == set(careless)
    assert all(flag.finding.p_value <= flag.adjusted <= 0.05 for flag in flags)
