"""Known answers tell the fusion how good people are, and nothing else."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from aggregation.classification.bayesian import Fusion
from aggregation.consensus import ProjectConsensus
from aggregation.control_votes import ControlVotes
from aggregation.votes import Answer

LABELS = ["cat", "dog", "cow"]
Vote = tuple[int, str, str]

SPLIT: list[Vote] = [(1, "ann", "cat"), (1, "bob", "dog"), (2, "ann", "dog"), (2, "bob", "cow")]
CONTROLS: list[Vote] = [
    vote for task in range(-10, 0) for vote in [(task, "ann", "cat"), (task, "bob", "dog")]
]
KNOWN = {task: frozenset({"cat"}) for task in range(-10, 0)}


def frame(votes: list[Vote]) -> pd.DataFrame:
    return pd.DataFrame(votes, columns=["task", "worker", "label"])


def test_who_was_right_on_control_tasks_is_believed_elsewhere() -> None:
    fusion = Fusion(LABELS).fit(frame([*SPLIT, *CONTROLS]), {}, KNOWN)
    assert fusion.labels_.to_dict() == {1: "cat", 2: "dog"}
    assert fusion.skills_["ann"] > 0.75 > 0.5 > fusion.skills_["bob"]


def test_control_tasks_come_out_without_a_label() -> None:
    fusion = Fusion(LABELS).fit(frame([*SPLIT, *CONTROLS]), {}, KNOWN)
    assert list(fusion.probas_.index) == list(fusion.labels_.index) == [1, 2]


def test_what_is_known_is_not_outvoted() -> None:
    against = [(-1, worker, "dog") for worker in ("ann", "bob", "cyd", "dan", "eve")]
    many = [(task - 1, worker, "dog") for task, worker, _ in against for task in range(-9, 0)]
    fusion = Fusion(LABELS).fit(frame([*SPLIT, *many]), {}, KNOWN)
    assert fusion.skills_.max() < 0.5


def test_each_of_several_accepted_answers_is_right() -> None:
    both = dict.fromkeys(KNOWN, frozenset({"cat", "dog"}))
    fusion = Fusion(LABELS).fit(frame([*SPLIT, *CONTROLS]), {}, both)
    assert fusion.skills_["ann"] == pytest.approx(fusion.skills_["bob"])


def test_the_labels_shares_and_the_model_of_workers_do_not_depend_on_control_tasks() -> None:
    votes = [(task, who, "cow") for task in range(1, 9) for who in ("ann", "bob")]
    alone = Fusion(LABELS, model=None).fit(frame(votes), {})
    all_cats = [(task, who, "cat") for task in KNOWN for who in ("ann", "bob")]
    with_controls = Fusion(LABELS, model=None).fit(frame([*votes, *all_cats]), {}, KNOWN)
    assert with_controls.model_ == alone.model_
    cats = [fusion.probas_["cat"].iloc[0] for fusion in (alone, with_controls)]
    assert cats[1] <= cats[0]


def test_a_known_answer_that_is_no_label_is_refused() -> None:
    with pytest.raises(ValueError, match="not among the labels"):
        Fusion(LABELS).fit(frame([*SPLIT, *CONTROLS]), {}, {-1: frozenset({"horse"})})


@pytest.mark.parametrize("method", ["auto", "bayesian-one-coin", "majority-vote"])
def test_a_project_s_consensus_has_no_control_task(method: str) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    answers, tested = (
        [Answer(task, who, label, "person", noon) for task, who, label in votes]
        for votes in (SPLIT, CONTROLS)
    )
    controls = ControlVotes(tested, KNOWN)
    consensus = ProjectConsensus(answers, {}, LABELS, method=method, controls=controls)
    assert set(consensus.labels) == set(consensus.final_labels) == set(consensus.joint) == {1, 2}
    if method != "majority-vote":
        assert consensus.labels == {1: "cat", 2: "dog"}
        assert consensus.accuracies["ann"] > consensus.accuracies["bob"]
