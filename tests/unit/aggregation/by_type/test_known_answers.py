"""Known answers tell how good people are, of steps of scales and of classes within forms."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type.classes import Classes
from aggregation.by_type.scales import Scales
from aggregation.control_votes import ControlVotes, KnownBallots
from aggregation.forms.form import FormTruth
from aggregation.forms.known_ballots import known_ballots
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from tests.support.crowds import crowd_of, reader_of_scale, votes_of
from tests.support.observed_tasks import NOON

STEPS = [str(step) for step in range(1, 6)]
FORM = Equivalence(
    parse(
        '<View><Text name="t" value="$t"/><Rating name="mood" toName="t"/>'
        '<Choices name="who" toName="t"><Choice value="me"/><Choice value="you"/></Choices></View>'
    )
)


def known_crowd(seed: int) -> tuple[pd.DataFrame, KnownBallots, "pd.Series[str]"]:
    """Two votes a task by eight people, thirty known answers, and the truth."""
    rng = np.random.default_rng(seed)
    truth, known = (rng.choice(STEPS, size=size).tolist() for size in (200, 30))
    noises = np.geomspace(0.4, 2.5, 8)
    crowd = {f"w{one}": reader_of_scale(noise, len(STEPS)) for one, noise in enumerate(noises)}
    of_controls = crowd_of(known, crowd, votes=8, seed=seed + 500)
    of_controls = of_controls.assign(task=-1 - of_controls["task"])
    accepted = {-1 - task: frozenset({label}) for task, label in enumerate(known)}
    votes = crowd_of(truth, crowd, votes=2, seed=seed)
    return votes, KnownBallots(of_controls, accepted), pd.Series(truth)


def test_steps_gain_where_few_answered_each_task() -> None:
    gains = []
    for seed in range(8):
        votes, known, truth = known_crowd(seed)
        with_known, without = Scales(STEPS, known).fit(votes), Scales(STEPS).fit(votes)
        right = [(one.labels_ == truth).mean() for one in (with_known, without)]
        gains.append(right[0] - right[1])
    assert np.mean(gains) > 0.005


def test_a_control_task_comes_out_without_a_label() -> None:
    votes, known, _ = known_crowd(1)
    fitted = Scales(STEPS, known).fit(votes)
    for told in (fitted.labels_, fitted.confidence_, fitted.expected_, fitted.probas_):
        assert set(told.index) == set(votes["task"])


def test_one_person_s_control_tasks_tell_though_nobody_else_was_asked() -> None:
    votes = votes_of(
        [(task, who, said) for task in range(5) for who, said in [("a", "2"), ("b", "4")]]
    )
    right = votes_of([(-task, "a", "3") for task in range(1, 30)])
    fitted = Scales(STEPS, KnownBallots(right, {-n: frozenset("3") for n in range(1, 30)})).fit(
        votes
    )
    assert fitted.noise_["a"] < fitted.noise_["b"]
    assert set(fitted.labels_) == {"2"}


def test_of_several_accepted_steps_each_is_right() -> None:
    votes = votes_of([(1, "a", "1"), (1, "b", "5")])
    said = votes_of([(-n, "a", "4" if n % 2 else "5") for n in range(1, 30)])
    either = {-n: frozenset({"4", "5"}) for n in range(1, 30)}
    one = {-n: frozenset({"5"}) for n in range(1, 30)}
    noise = [
        Scales(STEPS, KnownBallots(said, known)).fit(votes).noise_["a"] for known in (either, one)
    ]
    assert noise[0] < noise[1]


def test_classes_learn_from_them_by_the_bayesian_methods() -> None:
    votes = votes_of(
        [(task, who, said) for task in range(9) for who, said in [("a", "x"), ("b", "y")]]
    )
    told = [(-n, who, said) for n in range(1, 20) for who, said in [("a", "y"), ("b", "x")]]
    known = KnownBallots(votes_of(told), {-n: frozenset({"x"}) for n in range(1, 20)})
    fitted = Classes(method="bayesian-one-coin", known=known).fit(votes)
    assert set(fitted.labels_) == {"y"}
    assert set(fitted.labels_.index) == set(range(9))
    assert fitted.skills_["b"] > fitted.skills_["a"]


def test_a_form_takes_them_apart_control_by_control() -> None:
    answers = [
        Answer(-1, "ann", '{"mood":"4","who":"me"}', "person", NOON),
        Answer(-2, "ann", '{"mood":"2"}', "person", NOON),
    ]
    known = {-1: ['{"mood":"4","who":"me"}', '{"mood":"5","who":"me"}'], -2: ['{"mood":"3"}']}
    found = known_ballots(FORM, ControlVotes(answers, known))
    assert found["mood"].known == {-1: {"4", "5"}, -2: {"3"}}
    assert found["who"].known == {-1: {"me"}}, "of the other nothing is stated"
    assert found["mood"].ballots["label"].tolist() == ["4", "2"]


@pytest.mark.parametrize("task", [-1, -2])
def test_a_form_s_consensus_is_of_its_own_tasks_alone(task: int) -> None:
    later = NOON + timedelta(minutes=1)
    own = [Answer(1, who, '{"mood":"4","who":"me"}', "person", later) for who in ("ann", "bob")]
    control = Answer(task, "ann", '{"mood":"1","who":"you"}', "person", NOON)
    controls = ControlVotes([control], {task: ['{"mood":"4","who":"me"}']})
    fitted = FormTruth(FORM, known=known_ballots(FORM, controls)).fit(own)
    assert set(fitted.tasks_) == {1}
    assert fitted.skills_.keys() == {"ann", "bob"}
