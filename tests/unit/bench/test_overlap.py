"""The overlap benchmark replays a crowd, and counts the votes that it saves at equal accuracy."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.overlap import OverlapPoint, crowd_of, dynamic, main, saved

CURVE = [
    OverlapPoint(1, 0.7),
    OverlapPoint(2, 0.8),
    OverlapPoint(3, 0.78),
    OverlapPoint(4, 0.9),
    OverlapPoint(5, 0.9),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(3)
    gold = {f"t{task}": "AB"[task % 2] for task in range(120)}
    votes = [
        f"{task},w{worker},{label if rng.random() < 0.8 else 'BA'['AB'.index(label)]}"
        for task, label in gold.items()
        for worker in rng.permutation(9)[:6]
    ]
    lines = [f"{task},{label}" for task, label in gold.items()]
    (tmp_path / "crowd.csv").write_text("\n".join(["task,worker,label", *votes]))
    (tmp_path / "gold.csv").write_text("\n".join(["task,label", *lines]))
    return tmp_path


def test_it_ends_with_one_object_and_saves_votes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([str(folder), "--seeds", "2", "--json"])
    found = json.loads(capsys.readouterr().out.splitlines()[-1])
    (result,) = found["results"]
    assert found["votes_saved"] == result["votes_saved"] > 0.1
    assert (result["orders"], len(result["fixed"])) == (3, 6)
    assert [point["votes"] for point in result["fixed"]] == [1, 2, 3, 4, 5, 6]


def test_free_errors_end_at_the_first_vote_and_dear_ones_at_the_last(folder: Path) -> None:
    crowd = crowd_of(
        pd.read_csv(folder / "crowd.csv", dtype="str"),
        pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"],
        None,
    )
    spent = [dynamic(crowd, 1.0, cost).votes for cost in (0, 20, 1e9)]
    assert spent[0] == 1.0 < spent[1] < spent[2] <= 6.0


def test_nothing_is_learnt_from_votes_that_were_not_asked_for(folder: Path) -> None:
    votes = pd.read_csv(folder / "crowd.csv", dtype="str")
    gold = pd.read_csv(folder / "gold.csv", dtype="str").set_index("task")["label"]
    crowd = crowd_of(votes, gold, None)
    late = votes.groupby("task").cumcount() >= 2
    other = votes.assign(label=votes["label"].where(~late, "A"))
    overlap = np.full(120, 2, dtype=np.intp)

    first, second = (one.seen(overlap) for one in (crowd, crowd_of(other, gold, None)))

    np.testing.assert_array_equal(first.posterior, second.posterior)


def test_of_many_votes_on_one_item_the_first_ten_count() -> None:
    rows = [("t", f"w{worker}", "A") for worker in range(30)]
    votes = pd.DataFrame(rows, columns=["task", "worker", "label"])
    assert crowd_of(votes, pd.Series({"t": "A"}), None).votes.of_task.tolist() == [10]


@pytest.mark.parametrize(
    ("point", "share"),
    [
        (OverlapPoint(1, 0.7), 0.0),
        (OverlapPoint(1, 0.75), 1 - 1 / 1.5),
        (OverlapPoint(1.2, 0.8), 1 - 1.2 / 2),
        (OverlapPoint(2, 0.85), 1 - 2 / 3),
        (OverlapPoint(2, 0.95), 1 - 2 / 4),
        (OverlapPoint(2, 0.6), 1 - 2 / 1),
    ],
)
def test_votes_are_compared_at_equal_accuracy(point: OverlapPoint, share: float) -> None:
    assert saved(point, CURVE) == pytest.approx(share)
