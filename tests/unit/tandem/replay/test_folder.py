"""A folder of recorded work is read as it stands, and what is missing is told in one line."""

from pathlib import Path

import pytest

from labeling.errors import SettingsError
from tandem.replay.folder import read_folder
from tests.support.recorded_folder import write_folder


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.csv").write_text(content)
    return folder


CROWD = "task,worker,label\nb,w1,yes\na,w2,no\nb,w2,no\nb,w1,no\na,w1,\n"
ITEMS = "item_id,text\na,NA\nb,Second\n"
GOLD = "task,label\na,no\nz,yes\n"


def test_votes_keep_their_order_and_a_person_votes_once(tmp_path: Path) -> None:
    work = read_folder(write(tmp_path, crowd=CROWD, items=ITEMS, gold=GOLD))
    assert (work.tasks, work.labels) == (("b", "a"), ("no", "yes"))
    assert work.votes[["task", "worker", "label"]].to_numpy().tolist() == [
        [0, "w1", 1],
        [1, "w2", 0],
        [0, "w2", 0],
    ]
    assert work.gold.tolist() == [-1, 0]
    assert work.texts == ("Second", "NA"), "a text that says NA is a text"


def test_the_two_parts_of_a_pair_are_one_text(tmp_path: Path) -> None:
    items = "item_id,text,hypothesis\na,It rains.,It is wet.\nb,One.,Two.\n"
    work = read_folder(write(tmp_path, crowd=CROWD, items=items, gold=GOLD))
    assert work.texts == ("One.\nTwo.", "It rains.\nIt is wet.")


def test_another_order_has_the_same_votes(tmp_path: Path) -> None:
    work = read_folder(write_folder(tmp_path / "crowd"))
    other = work.shuffled(1)
    assert not other.votes.equals(work.votes)
    columns = ["task", "worker", "label"]
    ordered = [one.votes.sort_values(columns)[columns].to_numpy() for one in (work, other)]
    assert (ordered[0] == ordered[1]).all()
    assert other.votes.equals(work.shuffled(1).votes)


def test_the_first_texts_come_with_their_votes(tmp_path: Path) -> None:
    work = read_folder(write(tmp_path, crowd=CROWD, items=ITEMS, gold=GOLD)).first(1)
    assert (work.tasks, work.texts, work.gold.tolist()) == (("b",), ("Second",), [-1])
    assert work.votes["task"].tolist() == [0, 0]


def test_what_no_model_labelled_is_left_out(tmp_path: Path) -> None:
    llm = "task,model,label,confidence\na,m,yes,0.9\n"
    work = read_folder(write(tmp_path, crowd=CROWD, gold=GOLD, llm=llm))
    assert work.tasks == ("a",)
    assert work.texts is None


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"gold": GOLD, "items": ITEMS}, "There is no crowd.csv"),
        ({"crowd": "task,label\na,no\n", "gold": GOLD, "items": ITEMS}, "The column worker is"),
        ({"crowd": CROWD, "items": ITEMS}, "There is no gold.csv"),
        ({"crowd": CROWD, "gold": GOLD}, "There is no items.csv"),
        ({"crowd": CROWD, "gold": GOLD, "items": "item_id,text\na,A\n"}, "The task b has no text"),
        ({"crowd": CROWD, "gold": "task,label\nz,no\n", "items": ITEMS}, "No task that people"),
    ],
)
def test_what_is_missing_is_named(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told) as found:
        read_folder(write(tmp_path, **files))
    assert str(tmp_path) in str(found.value)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"crowd": ""}, r"cannot be read as a table: No columns .*crowd\.csv.*task, worker, label"),
        ({"crowd": "task,worker,label\n"}, r"Nobody answered anything .*crowd\.csv"),
        ({"gold": "task,label\na,No\n"}, r"was ever given, such as 'No' .*gold\.csv.*as 'yes'"),
        ({"crowd": "task,worker,label\na,w1,no\n"}, "All labels are 'no', so .* nothing to choose"),
    ],
)
def test_what_nothing_can_be_replayed_of_is_said_in_a_line(
    files: dict[str, str], told: str, tmp_path: Path
) -> None:
    written = {"crowd": CROWD, "items": ITEMS, "gold": "task,label\na,no\n"} | files
    with pytest.raises(SettingsError, match=told):
        read_folder(write(tmp_path, **written))
