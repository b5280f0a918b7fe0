"""`tandem generate --review` and `--remove` on a folder whose texts people are asked about."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.synthesis.folder import GATES, PASSED, TEXTS
from backend.synthesis.generation.recipe import Recipe, WrittenText
from backend.synthesis.review import usable_texts
from labeling.data_fields import SYNTHETIC_ID
from routing.synthetic_review import mark
from tests.support.commands import tandem, the_line, the_object
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import MemoryStudio
from tests.support.observed_tasks import FORM

OUT = Path("out")
REVIEW = ("generate", "--out", "out", "--review", "8", "--json")
REMOVE = ("generate", "--out", "out", "--remove", "--json")


def written(number: int, label: str) -> WrittenText:
    recipe = Recipe("zero-shot", label, "tiny-00000000", "0" * 64, 1.0, number, {})
    return WrittenText(f"id {number}", f"Written {number}", recipe, 40, 6)


def keep(texts: list[WrittenText]) -> None:
    OUT.mkdir()
    lines = "".join(f"{json.dumps(one.to_json())}\n" for one in texts)
    for name in (TEXTS, PASSED):
        (OUT / name).write_text(lines, "utf-8")
    (OUT / GATES).write_text("[]", "utf-8")


@pytest.fixture
def loop(
    empty_folder: None,  # noqa: ARG001 - it is where the files go
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MemoryLoop]:
    """A project of four posts, and a folder of twelve texts that a model wrote for it."""
    keep([written(number, ("positive", "negative")[number % 2]) for number in range(12)])
    loop = new_memory_loop(tmp_path, 4, "ada@memory.localhost")
    work_on(loop, monkeypatch)
    yield loop
    loop.ledger.close()


def door(loop: MemoryLoop) -> MemoryStudio:
    """The project where people review."""
    found = mark.find(loop.studio.descriptions(), loop.studio.project_id)
    assert found is not None
    return loop.studio.beside(found)


def answer_all(loop: MemoryLoop, label: str) -> None:
    for task in door(loop).tasks():
        door(loop).annotate(task.id, 2, FORM.encode(label, ""))


def test_people_are_asked_about_a_sample_once(loop: MemoryLoop) -> None:
    first = the_object(tandem(*REVIEW))
    assert (first["new"], first["waiting"]) == (8, 8)
    assert first["review"]["figures"] == {"confirmed": None, "at least": None, "at most": None}
    again = the_object(tandem(*REVIEW))
    assert (again["new"], again["project"]) == (0, first["project"])
    assert len(list(door(loop).tasks())) == 8


def test_what_they_refuse_is_not_used_and_the_share_is_told(loop: MemoryLoop) -> None:
    tandem(*REVIEW)
    answer_all(loop, "positive")
    told = the_object(tandem(*REVIEW))
    asked = {one.data[SYNTHETIC_ID] for one in door(loop).tasks()}
    refused = {f"id {number}" for number in range(1, 12, 2)} & asked
    assert (told["waiting"], told["review"]["seen"]) == (0, 8)
    assert told["review"]["refused"] == len(refused)
    assert told["review"]["figures"]["confirmed"] == 1 - len(refused) / 8
    assert {one.id for one in usable_texts(OUT)} == {f"id {n}" for n in range(12)} - refused
    words = tandem(*REVIEW[:-1]).stdout
    assert "New: 0 texts. Waiting for people: 0" in words
    assert "people's review" in words


def test_removal_takes_what_nobody_began_and_names_what_stays(loop: MemoryLoop) -> None:
    tandem(*REVIEW)
    first, *_ = door(loop).tasks()
    door(loop).annotate(first.id, 2, FORM.encode("positive", ""))
    told = the_object(tandem(*REMOVE))
    assert (told["removed"], told["kept_tasks"]) == (12, [first.id])
    assert [one.id for one in door(loop).tasks()] == [first.id]
    assert not OUT.exists()


def test_removal_leaves_nothing_where_nobody_began(loop: MemoryLoop) -> None:
    tandem(*REVIEW)
    assert the_object(tandem(*REMOVE))["kept_tasks"] == []
    assert [*loop.studio.server.projects] == [loop.studio.project_id]


@pytest.mark.usefixtures("loop")
@pytest.mark.parametrize(
    "words",
    [
        ("--out", "out", "--remove", "--review", "5"),
        ("--out", "out", "--answers", "answers.csv", "--review", "5"),
        ("--out", "out", "--answers", "answers.csv", "--remove"),
        ("--propose", "new.yaml", "--review", "5"),
    ],
)
def test_one_thing_is_done_at_a_time(words: tuple[str, ...]) -> None:
    assert "Texts are written, or reviewed, or removed" in the_line(tandem("generate", *words))


def test_people_are_asked_in_the_project_that_offers_the_labels(loop: MemoryLoop) -> None:
    (OUT / PASSED).write_text(f"{json.dumps(written(0, 'blue').to_json())}\n", "utf-8")
    assert "does not offer the label 'blue'" in the_line(tandem(*REVIEW[:-1]))
    assert len(loop.studio.server.projects) == 1


def test_texts_that_another_project_reviews_are_left_to_it(
    loop: MemoryLoop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tandem(*REVIEW)
    (tmp_path / "other").mkdir()
    other = new_memory_loop(tmp_path / "other", 1, "ada@memory.localhost")
    other.studio.server.projects[999] = other.studio.server.projects.pop(other.studio.project_id)
    other.studio.project_id = 999
    work_on(other, monkeypatch)
    for words in (REVIEW[:-1], REMOVE[:-1]):
        assert f"for project {loop.studio.project_id}" in the_line(tandem(*words))
    assert OUT.exists()
    other.ledger.close()


@pytest.mark.usefixtures("loop")
def test_where_nothing_passed_there_is_nothing_to_review() -> None:
    (OUT / PASSED).write_text("", "utf-8")
    assert "nothing to review" in the_line(tandem(*REVIEW[:-1]))
