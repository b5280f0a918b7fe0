"""Every kind's aggregator, in every approach, keeps the one contract."""

from contextlib import nullcontext
from functools import partial

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type import APPROACHES, TypeAggregator, aggregator_for
from labeling.answers.types import AnswerType
from labeling.errors import AnswerError, NotEnoughVotes, SettingsError
from tests.support.crowds import EXAMPLES, votes_of
from tests.support.fresh_interpreter import printed

CASES = [
    (answer_type, approach)
    for answer_type in AnswerType
    for approach in APPROACHES.get(answer_type, (None,))
]


def embed(text: str) -> list[float]:
    """Count a few letters: as much of an embedding as a test needs."""
    return [float(text.count(letter)) + 0.1 for letter in "aeiousn "]


@pytest.fixture(params=CASES, ids=[f"{answer_type}-{way or 'only'}" for answer_type, way in CASES])
def case(request: pytest.FixtureRequest) -> tuple[AnswerType, str | None]:
    answer_type, approach = request.param
    return answer_type, approach


@pytest.fixture
def answer_type(case: tuple[AnswerType, str | None]) -> AnswerType:
    return case[0]


@pytest.fixture
def make(case: tuple[AnswerType, str | None]) -> "partial[TypeAggregator]":
    return partial(aggregator_for, case[0], approach=case[1], encoder=embed)


def mixed(answer_type: AnswerType, seed: int = 0) -> pd.DataFrame:
    """Draw votes: five workers, thirty tasks, one to five votes each, mostly the same."""
    rng = np.random.default_rng(seed)
    return votes_of(
        (
            task,
            f"w{worker}",
            EXAMPLES[answer_type][task % 3 if rng.random() < 0.7 else rng.integers(3)],
        )
        for task in range(30)
        for worker in rng.choice(5, size=1 + task % 5, replace=False)
    )


def assert_same(one: TypeAggregator, other: TypeAggregator) -> None:
    pd.testing.assert_series_equal(one.labels_, other.labels_)
    pd.testing.assert_series_equal(one.confidence_, other.confidence_)
    pd.testing.assert_series_equal(one.skills_, other.skills_)


def test_what_is_fitted(make: "partial[TypeAggregator]", answer_type: AnswerType) -> None:
    votes = mixed(answer_type)
    before = votes.copy()
    fitted = make().fit(votes)
    pd.testing.assert_frame_equal(votes, before)
    assert fitted.labels_.index.tolist() == list(range(30))
    assert fitted.confidence_.index.tolist() == list(range(30))
    assert fitted.skills_.index.tolist() == sorted(votes["worker"].unique())
    assert fitted.confidence_.between(0, 1).all()
    assert fitted.skills_.between(0, 1).all()
    assert all(isinstance(label, str) for label in fitted.labels_)
    pd.testing.assert_series_equal(make().fit_predict(votes), fitted.labels_)


def test_the_consensus_is_an_answer_again(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    consensus = make().fit_predict(mixed(answer_type))
    again = make().fit_predict(votes_of((t, "x", label) for t, label in enumerate(consensus)))
    assert again.tolist() == consensus.tolist()


def test_the_order_and_repetition_of_rows_change_nothing(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    votes = mixed(answer_type)
    shuffled = pd.concat([votes, votes.iloc[::3]]).sample(frac=1.0, random_state=3)
    assert_same(make().fit(votes), make().fit(shuffled))


def test_what_all_say_is_the_consensus(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    said = {task: EXAMPLES[answer_type][task % 3] for task in range(12)}
    votes = votes_of((task, worker, label) for task, label in said.items() for worker in "xyz")
    assert make().fit_predict(votes).to_dict() == said
    torn = votes_of(
        (99, worker, label) for worker, label in zip("xyz", EXAMPLES[answer_type], strict=True)
    )
    consensus = make().fit_predict(pd.concat([votes, torn]))
    assert consensus.drop(99).to_dict() == said


def test_nothing_is_surer_than_what_all_say(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    first, second, _ = EXAMPLES[answer_type]
    rows = [(task, worker, first) for task in range(6) for worker in "xyz"]
    rows += [(6, "x", first), (6, "y", first), (6, "z", second)]
    rows += [(7, "x", second), (7, "y", first), (7, "z", first)]
    rows += [(8, "x", first)]
    fitted = make().fit(votes_of(rows))
    assert fitted.confidence_.loc[0] == pytest.approx(fitted.confidence_.max())
    assert (fitted.confidence_.loc[6:7] < fitted.confidence_.loc[0]).all()


def test_single_votes_are_taken_as_they_are(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    said = {task: EXAMPLES[answer_type][task % 3] for task in range(9)}
    fitted = make().fit(votes_of((task, f"w{task % 2}", label) for task, label in said.items()))
    assert fitted.labels_.to_dict() == said


def test_one_worker_is_believed(make: "partial[TypeAggregator]", answer_type: AnswerType) -> None:
    said = dict(enumerate(EXAMPLES[answer_type]))
    votes = votes_of((task, "ann", label) for task, label in said.items())
    assert make().fit_predict(votes).to_dict() == said


def test_one_vote_is_enough(make: "partial[TypeAggregator]", answer_type: AnswerType) -> None:
    for example in EXAMPLES[answer_type]:
        fitted = make().fit(votes_of([(1, "ann", example)]))
        assert fitted.labels_.to_dict() == {1: example}
        assert 0.5 <= fitted.confidence_.loc[1] <= 1


def test_a_tie_is_decided_whoever_is_first(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    one, other, _ = EXAMPLES[answer_type]
    votes = votes_of([(1, "ann", one), (1, "bob", other)])
    turned = votes_of([(1, "ann", other), (1, "bob", one)])
    assert make().fit_predict(votes).to_dict() == make().fit_predict(turned).to_dict()


def test_a_worker_of_two_minds_has_both_counted(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    one, other, _ = EXAMPLES[answer_type]
    fitted = make().fit(votes_of([(1, "ann", one), (1, "ann", other), (1, "bob", one)]))
    assert fitted.skills_.index.tolist() == ["ann", "bob"]


def test_no_votes_are_refused(make: "partial[TypeAggregator]") -> None:
    with pytest.raises(NotEnoughVotes):
        make().fit(votes_of([]))


def test_answers_of_another_kind_are_refused(
    make: "partial[TypeAggregator]", answer_type: AnswerType
) -> None:
    every_word_is_an_answer = answer_type in (AnswerType.CLASS, AnswerType.PAIR)
    with nullcontext() if every_word_is_an_answer else pytest.raises(AnswerError):
        make().fit(votes_of([(1, "ann", "nonsense"), (1, "bob", "[[")]))


def test_hash_seeds_change_nothing() -> None:
    program = (
        "from tests.unit.aggregation.by_type import test_contract as t;"
        "fits = [t.aggregator_for(k, approach=a, encoder=t.embed).fit(t.mixed(k))"
        " for k, a in t.CASES];"
        "print([(f.labels_.tolist(), f.confidence_.tolist(), f.skills_.tolist()) for f in fits])"
    )
    assert printed(program, hash_seed=1) == printed(program, hash_seed=2)


@pytest.mark.parametrize("answer_type", [AnswerType.SPANS, AnswerType.TEXT])
def test_an_unknown_approach_is_answered_with_the_known_ones(answer_type: AnswerType) -> None:
    with pytest.raises(SettingsError, match=APPROACHES[answer_type][0]):
        aggregator_for(answer_type, approach="oracle")


@pytest.mark.parametrize("answer_type", [AnswerType.CLASS, AnswerType.SET])
def test_an_unknown_method_is_answered_with_the_known_ones(answer_type: AnswerType) -> None:
    with pytest.raises(SettingsError, match="majority-vote"):
        aggregator_for(answer_type, method="oracle").fit(votes_of([(1, "ann", '["a"]')]))


def test_without_an_encoder_there_are_no_embeddings() -> None:
    with pytest.raises(SettingsError, match="encoder"):
        aggregator_for(AnswerType.TEXT, approach="rasa")
