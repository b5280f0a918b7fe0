"""Every aggregator keeps one contract, whatever crowd-kit does beneath."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from aggregation.classification.registry import METHODS, Aggregator, aggregator
from labeling.errors import NotEnoughVotes, SettingsError
from tests.support.fresh_interpreter import printed

Vote = tuple[int, str, str]


def votes_of(rows: Iterable[Vote]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["task", "worker", "label"])


def simulated_crowd(
    accuracies: dict[str, float], tasks: int = 60, labels: str = "ABC", seed: int = 7
) -> tuple[pd.DataFrame, "pd.Series[str]"]:
    """Let one-coin workers answer every task; give their votes and the truth."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(list(labels), size=tasks)
    rows = []
    for task, label in enumerate(truth):
        for worker, accuracy in accuracies.items():
            wrong = [other for other in labels if other != label]
            answer = label if rng.random() < accuracy else rng.choice(wrong)
            rows.append((task, worker, str(answer)))
    return votes_of(rows), pd.Series(truth, name="label")


@pytest.fixture(scope="module", params=METHODS)
def method(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fitted(method: str) -> Aggregator:
    crowd = {"ann": 0.9, "bob": 0.8, "cyd": 0.7}
    return aggregator(method).fit(simulated_crowd(crowd)[0])


def test_posteriors_are_distributions_over_every_label_that_was_named(fitted: Aggregator) -> None:
    assert list(fitted.probas_.columns) == ["A", "B", "C"]
    assert list(fitted.probas_.index) == list(range(60))
    np.testing.assert_allclose(fitted.probas_.sum(axis=1), 1.0, atol=1e-9)
    assert (fitted.probas_.to_numpy() >= 0).all()


def test_labels_are_the_most_probable_ones(fitted: Aggregator) -> None:
    columns = fitted.probas_.columns.get_indexer(pd.Index(fitted.labels_))
    chosen = fitted.probas_.to_numpy()[np.arange(len(columns)), columns]
    np.testing.assert_allclose(chosen, fitted.probas_.max(axis=1), atol=1e-8)


def test_skills_are_shares_and_rank_the_workers(fitted: Aggregator) -> None:
    assert fitted.skills_.between(0, 1).all()
    assert list(fitted.skills_.sort_values(ascending=False).index) == ["ann", "bob", "cyd"]


def test_the_order_of_the_rows_changes_nothing(method: str) -> None:
    votes, _ = simulated_crowd({"ann": 0.9, "bob": 0.6, "cyd": 0.5, "dan": 0.5})
    shuffled = votes.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(
        aggregator(method).fit_predict_proba(votes),
        aggregator(method).fit_predict_proba(shuffled),
    )


def test_the_frame_that_is_given_is_left_as_it_was(method: str) -> None:
    votes, _ = simulated_crowd({"ann": 0.9, "bob": 0.6})
    before = votes.copy()
    aggregator(method).fit(votes)
    pd.testing.assert_frame_equal(votes, before)


def test_single_votes_are_taken_as_they_are(method: str) -> None:
    votes = votes_of((task, f"w{task % 3}", "AB"[task % 2]) for task in range(30))
    labels = aggregator(method).fit_predict(votes)
    assert labels.to_dict() == {task: "AB"[task % 2] for task in range(30)}


def test_one_worker_is_believed(method: str) -> None:
    votes = votes_of([(1, "ann", "A"), (2, "ann", "B"), (3, "ann", "A")])
    assert aggregator(method).fit_predict(votes).to_dict() == {1: "A", 2: "B", 3: "A"}


def test_one_label_is_certain(method: str) -> None:
    votes = votes_of([(1, "ann", "A"), (1, "bob", "A"), (2, "ann", "A")])
    fitted = aggregator(method).fit(votes)
    assert fitted.labels_.to_dict() == {1: "A", 2: "A"}
    assert fitted.probas_["A"].tolist() == [1.0, 1.0]
    assert fitted.skills_.tolist() == [1.0, 1.0]


def test_a_unanimous_crowd_is_never_overruled(method: str) -> None:
    votes = votes_of((task, worker, "ABC"[task % 3]) for task in range(12) for worker in "xyz")
    assert aggregator(method).fit_predict(votes).tolist() == ["A", "B", "C"] * 4


def test_a_tie_goes_to_the_first_label_by_name(method: str) -> None:
    votes = votes_of([(1, "ann", "B"), (1, "bob", "A"), (2, "ann", "A"), (2, "bob", "B")])
    first = aggregator(method).fit_predict(votes)
    again = aggregator(method).fit_predict(votes.iloc[::-1])
    assert first.to_dict() == again.to_dict()
    assert aggregator("majority-vote").fit_predict(votes).to_dict() == {1: "A", 2: "A"}


@pytest.mark.slow
def test_hash_seeds_change_nothing() -> None:
    program = (
        "from aggregation.classification.registry import METHODS, aggregator; import pandas as pd;"
        "v = pd.DataFrame([(t, w, 'AB'[(t * i) % 2]) for t in range(9)"
        " for i, w in enumerate('wxyz')], columns=['task', 'worker', 'label']);"
        "print([aggregator(m).fit_predict_proba(v).to_numpy().tolist() for m in METHODS])"
    )
    assert printed(program, hash_seed=1) == printed(program, hash_seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_on_a_plain_crowd_none_is_worse_than_majority_vote(method: str, seed: int) -> None:
    crowd = {"ann": 0.95, "bob": 0.8, "cyd": 0.7, "dan": 0.6, "eve": 0.4}
    votes, truth = simulated_crowd(crowd, tasks=200, seed=seed)
    right = (aggregator(method).fit_predict(votes) == truth).mean()
    majority = (aggregator("majority-vote").fit_predict(votes) == truth).mean()
    assert right >= majority - 0.01


def test_no_votes_are_refused(method: str) -> None:
    with pytest.raises(NotEnoughVotes):
        aggregator(method).fit(votes_of([]))


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="majority-vote"):
        aggregator("oracle")
