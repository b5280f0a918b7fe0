"""The model's calibrated belief is a prior of every type's consensus, and votes overrule it."""

from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.beliefs import Belief
from aggregation.by_type import TypeAggregator, aggregator_for
from aggregation.by_type.regions import Regions
from aggregation.by_type.sets import Sets
from aggregation.by_type.spans import Spans
from labeling.answers.types import AnswerType
from tests.support.crowds import EXAMPLES, votes_of

TASK = 99
PEOPLE = "xyz"


@dataclass(frozen=True)
class Contest:
    """Two answers that people may give, and the model's belief in the second.

    Attributes:
        answer_type: The type of both.
        people: What the model does not say.
        model: What it says.
        distribution: What it makes of the candidates, or of the parts.
        labels: What the control offers.
        approach: How it is aggregated.
    """

    answer_type: AnswerType
    people: str
    model: str
    distribution: dict[str, float]
    labels: tuple[str, ...] = ()
    approach: str | None = None

    def aggregator(self) -> TypeAggregator:
        return aggregator_for(self.answer_type, labels=self.labels, approach=self.approach)

    def fit(self, said: list[str], confidence: float | None) -> TypeAggregator:
        """Fit to a crowd that agrees on twenty tasks, and what some of it say of another one."""
        known = EXAMPLES[self.answer_type]
        rows = [(t, w, known[t % 2]) for t in range(20) for w in PEOPLE]
        rows += [(TASK, w, answer) for w, answer in zip(PEOPLE, said, strict=False)]
        beliefs = {} if confidence is None else {TASK: self.belief(confidence)}
        return self.aggregator().fit(votes_of(rows), beliefs)

    def belief(self, confidence: float) -> Belief:
        """The model's belief, its answer's parts as probable as the whole."""
        scaled = {
            key: confidence if p > 0.5 else (1 - confidence) * p
            for key, p in self.distribution.items()
        }
        return Belief(self.model, confidence, scaled, "v1", calibrated=True)


CONTESTS = {
    "class": Contest(AnswerType.CLASS, "A", "B", {"A": 1.0, "B": 0.9}),
    "pair": Contest(AnswerType.PAIR, "left", "right", {"left": 0.1, "right": 0.9}),
    "scale": Contest(
        AnswerType.SCALE, "2", "4", {str(s): 0.9 if s == 4 else 0.25 for s in range(1, 6)}
    ),
    "set": Contest(AnswerType.SET, '["a"]', '["a","b"]', {"a": 0.9, "b": 0.9}, ("a", "b")),
    "paths": Contest(
        AnswerType.PATHS,
        '[["x","y"]]',
        '[["x","z"]]',
        {'[["x","z"]]': 0.9, '[["x","y"]]': 0.5, '[["w"]]': 0.5},
    ),
    "pieces": Contest(AnswerType.SPANS, "[]", '[[0,5,"A"]]', {'[0,5,"A"]': 0.9}),
    "whole": Contest(AnswerType.SPANS, "[]", '[[0,5,"A"]]', {'[0,5,"A"]': 0.9}, approach="whole"),
    "regions": Contest(
        AnswerType.REGIONS, '[[0,5,"A","x"]]', '[[0,5,"A","y"]]', {'[0,5,"A","y"]': 0.9}
    ),
    "text": Contest(AnswerType.TEXT, '["A bad day."]', '["Nothing."]', {}),
    "number": Contest(AnswerType.NUMBER, "12", "14", {}),
}


@pytest.fixture(params=CONTESTS)
def contest(request: pytest.FixtureRequest) -> Contest:
    return CONTESTS[request.param]


def test_a_belief_tips_a_tie(contest: Contest) -> None:
    fitted = contest.fit([contest.people, contest.model], 0.9)
    assert fitted.labels_[TASK] == contest.model
    tie = contest.fit([contest.people, contest.model], None)
    assert fitted.confidence_[TASK] > tie.confidence_[TASK]


def test_three_votes_that_agree_overrule_a_belief(contest: Contest) -> None:
    assert contest.fit([contest.people] * 3, 0.9).labels_[TASK] == contest.people


def test_a_belief_against_the_consensus_makes_it_less_sure(contest: Contest) -> None:
    alone, doubted = (contest.fit([contest.people] * 3, belief) for belief in (None, 0.9))
    assert doubted.confidence_[TASK] < alone.confidence_[TASK]


def test_a_belief_that_agrees_makes_the_consensus_no_less_sure(contest: Contest) -> None:
    alone, believed = (contest.fit([contest.model] * 2, belief) for belief in (None, 0.95))
    assert believed.labels_[TASK] == contest.model
    assert believed.confidence_[TASK] >= alone.confidence_[TASK] - 0.03


def test_without_a_belief_of_an_answered_task_nothing_changes(contest: Contest) -> None:
    alone = contest.fit([contest.people, contest.model], None)
    rows = [(t, w, EXAMPLES[contest.answer_type][t % 2]) for t in range(20) for w in PEOPLE]
    rows += [(TASK, "x", contest.people), (TASK, "y", contest.model)]
    elsewhere = contest.aggregator().fit(votes_of(rows), {1000: contest.belief(0.9)})
    pd.testing.assert_series_equal(alone.labels_, elsewhere.labels_)
    pd.testing.assert_series_equal(alone.confidence_, elsewhere.confidence_)
    pd.testing.assert_series_equal(alone.skills_, elsewhere.skills_)


def test_a_belief_is_never_certain(contest: Contest) -> None:
    certain = {key: float(p > 0.5) for key, p in contest.distribution.items()}
    belief = Belief(contest.model, 1.0, certain, "v1", calibrated=True)
    rows = [(t, w, EXAMPLES[contest.answer_type][t % 2]) for t in range(20) for w in "stuvwxyz"]
    rows += [(TASK, w, contest.people) for w in "stuvwxyz"]
    fitted = contest.aggregator().fit(votes_of(rows), {TASK: belief})
    assert fitted.labels_[TASK] == contest.people


@given(st.data())
def test_probabilities_and_order(data: st.DataObject) -> None:
    contest = data.draw(st.sampled_from([*CONTESTS.values()]))
    answers = st.sampled_from([*EXAMPLES[contest.answer_type], contest.people, contest.model])
    rows = data.draw(
        st.lists(st.tuples(st.integers(0, 2), st.sampled_from(PEOPLE), answers), min_size=1)
    )
    sure = st.floats(0, 1)
    beliefs = {t: contest.belief(data.draw(sure)) for t in data.draw(st.sets(st.integers(0, 3)))}
    fitted = contest.aggregator().fit(votes_of(rows), beliefs)
    for numbers in (fitted.confidence_, fitted.skills_):
        assert numbers.between(0, 1).all()
    if isinstance(fitted, Sets | Spans | Regions):
        each = [p for own in fitted.marginals_.values() for p in own.values()]
        assert all(0 <= p <= 1 for p in each)
    shuffled = data.draw(st.permutations(rows))
    turned = contest.aggregator().fit(votes_of(shuffled), dict(reversed(beliefs.items())))
    pd.testing.assert_series_equal(fitted.labels_, turned.labels_)
    pd.testing.assert_series_equal(fitted.confidence_, turned.confidence_)


class TestSpans:
    """A span that the model names is one that whoever does not name it speaks against."""

    span = (0, 5, "A")
    belief = Belief('[[0,5,"A"]]', 0.9, {'[0,5,"A"]': 0.95}, "v1", calibrated=True)

    def fit(self, said: list[str], belief: Belief, misses: int) -> Spans:
        """Fit to a crowd of which each missed so many of twenty spans that the others marked."""
        rows = [
            (t, w, "[]" if t in range(n * misses, (n + 1) * misses) else f'[[{t},{t + 9},"A"]]')
            for t in range(20)
            for n, w in enumerate(PEOPLE)
        ]
        rows += [(TASK, w, answer) for w, answer in zip(PEOPLE, said, strict=False)]
        fitted = aggregator_for(AnswerType.SPANS).fit(votes_of(rows), {TASK: belief})
        assert isinstance(fitted, Spans)
        return fitted

    def test_people_who_miss_much_are_believed_less_that_there_is_none(self) -> None:
        careful = self.fit(["[]", "[]"], self.belief, 0)
        careless = self.fit(["[]", "[]"], self.belief, 6)
        assert careful.labels_[TASK] == "[]"
        assert careful.marginals_[TASK][self.span] < 0.5
        assert careless.labels_[TASK] == self.belief.label
        assert careless.marginals_[TASK][self.span] > 0.5

    def test_where_the_model_is_sure_that_there_is_none_a_lone_span_is_doubted(self) -> None:
        said, nothing = ["[]", '[[0,5,"A"]]'], Belief("[]", 0.95, {}, "v1", calibrated=True)
        unsure = Belief("[]", 0.05, {}, "v1", calibrated=True)
        doubted, left = (self.fit(said, one, 4) for one in (nothing, unsure))
        assert doubted.labels_[TASK] == "[]"
        assert doubted.marginals_[TASK][self.span] < left.marginals_[TASK][self.span]

    def test_the_end_that_the_model_takes_is_taken_where_people_differ(self) -> None:
        said = ['[[0,5,"A"]]', '[[0,9,"A"]]']
        for end in (5, 9):
            key = f'[0,{end},"A"]'
            belief = Belief(f"[{key}]", 0.9, {key: 0.9}, "v1", calibrated=True)
            assert self.fit(said, belief, 2).labels_[TASK] == f"[{key}]"

    def test_the_label_that_the_model_gives_is_given_where_people_differ(self) -> None:
        said = ['[[0,5,"A"]]', '[[0,5,"B"]]']
        for label in "AB":
            key = f'[0,5,"{label}"]'
            belief = Belief(f"[{key}]", 0.9, {key: 0.8}, "v1", calibrated=True)
            assert self.fit(said, belief, 2).labels_[TASK] == f"[{key}]"


def test_what_a_text_of_people_says_too_gains_by_it() -> None:
    rows = [(1, "x", '["so cold a soup"]'), (1, "y", '["late again it was"]')]
    texts = aggregator_for(AnswerType.TEXT)
    for said in ("so cold a soup", "late again it was"):
        belief = Belief(f'["{said}"]', 0.7, {}, "v1", calibrated=True)
        assert texts.fit_predict(votes_of(rows), {1: belief})[1] == belief.label


def test_a_region_that_the_model_alone_speaks_of_has_its_word() -> None:
    key = '[9,12,"A","x"]'
    belief = Belief(f"[{key}]", 0.7, {key: 0.7}, "v1", calibrated=True)
    votes = votes_of([(1, "x", '[[0,5,"A","y"]]')])
    fitted = aggregator_for(AnswerType.REGIONS).fit(votes, {1: belief})
    assert fitted.labels_[1] == f'[[0,5,"A","y"],{key}]'
    assert isinstance(fitted, Regions)
    assert fitted.marginals_[1][9, 12, "A"] == 0.7
