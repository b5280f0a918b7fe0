"""`tandem generate`: texts, gates, going on; what cannot be done is one line and writes nothing."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.synthesis.learned_texts import LearnedTexts, write_learned_texts
from backend.synthesis.review import usable_texts
from backend.versions.registry import VersionRegistry
from tests.support.commands import tandem, the_line, the_object
from tests.support.fitted_versions import fitted
from tests.support.small_models import TEXTS, small_model, write_model

GENERATE = ("generate", "--answers", "answers.csv", "--max-tokens", "6")


@pytest.fixture(autouse=True)
def project(empty_folder: None) -> None:  # noqa: ARG001 - it is where the files go
    """A settings file whose model has random weights, and answers of people."""
    write_model(small_model(), Path("model"))
    Path("tandem.yaml").write_text(
        "model: {name: model, device: cpu}\nlearning: {embedding: null}\ndata_dir: data\n"
    )
    rows = [f"{text},{text.split()[0]}" for text in TEXTS]
    Path("answers.csv").write_text("\n".join(["text,label", *rows]))


def texts(folder: str = "out") -> list[dict[str, object]]:
    lines = (Path(folder) / "texts.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_texts_are_written_and_pass_the_gates() -> None:
    result = tandem(*GENERATE, "--out", "out", "--number", "6")
    assert result.exit_code == 0, result.stderr
    assert "Written: 6 texts, beside 0 that were there" in result.stdout
    assert "label agreement" in result.stdout or "Passed: 0 of 6" in result.stdout
    assert [one["label"] for one in texts()] == ["blue", "red"] * 3
    assert all(one["synthetic"] is True for one in texts())
    gates = json.loads((Path("out") / "gates.json").read_text("utf-8"))
    assert gates[0]["name"] == "length"
    assert gates[0]["seen"] == 6
    assert (Path("out") / "passed.jsonl").is_file()


def test_a_run_goes_on_where_it_was_killed() -> None:
    words = (*GENERATE, "--out", "out", "--method", "paraphrase", "--number", "20", "--json")
    assert the_object(tandem(*words))["new"] == 20
    whole = (Path("out") / "texts.jsonl").read_bytes()
    (Path("out") / "texts.jsonl").write_bytes(whole[: len(whole) // 2])
    again = the_object(tandem(*words))
    assert again["new"] + again["known"] == 20
    assert 0 < again["new"] < 20
    assert (Path("out") / "texts.jsonl").read_bytes() == whole


def test_what_a_text_was_made_of_stands_beside_it() -> None:
    tandem(*GENERATE, "--out", "out", "--method", "counterfactual", "--number", "2")
    [one, _] = texts()
    recipe = one["recipe"]
    assert isinstance(recipe, dict)
    assert recipe["parent"] in TEXTS
    assert (one["label"], recipe["parent_label"]) == ("blue", "red")


def test_a_text_that_is_hard_to_tell_has_its_rival_beside_it() -> None:
    tandem(*GENERATE, "--out", "out", "--method", "uncertain", "--number", "2")
    recipes = [one["recipe"] for one in texts()]
    assert [one["rival"] for one in recipes] == ["red", "blue"]  # type: ignore[index]
    assert usable_texts(Path("out")) == [], "people have not confirmed any"


def test_a_copy_of_what_people_wrote_never_passes() -> None:
    tandem(*GENERATE, "--out", "out", "--number", "1")
    file = Path("out") / "texts.jsonl"
    [line] = texts()
    file.write_text(json.dumps({**line, "text": TEXTS[0]}) + "\n", "utf-8")
    found = the_object(tandem(*GENERATE, "--out", "out", "--number", "1", "--json"))
    assert found["passed"] == 0
    assert (Path("out") / "passed.jsonl").read_text() == ""


def test_the_budget_ends_a_run_and_says_so() -> None:
    result = tandem(*GENERATE, "--out", "out", "--number", "30", "--budget-tokens", "300")
    assert result.exit_code == 0
    assert "The budget was too small for the rest" in result.stdout
    assert 0 < len(texts()) < 30


def test_texts_are_asked_for_by_edited_attributes() -> None:
    Path("attributes.yaml").write_text("length: [short, long]\nmood: [glad]\n")
    words = ("--out", "out", "--attributes", "attributes.yaml", "--number", "4", "--json")
    the_object(tandem(*GENERATE, *words))
    found = [one["recipe"]["attributes"] for one in texts()]  # type: ignore[index]
    assert sorted(one["length"] for one in found) == ["long", "long", "short", "short"]
    assert {one["mood"] for one in found} == {"glad"}


def test_one_command_removes_all_texts() -> None:
    tandem(*GENERATE, "--out", "out", "--number", "3")
    (Path("out") / "notes.txt").write_text("mine", "utf-8")
    assert the_object(tandem("generate", "--out", "out", "--remove", "--json"))["removed"] == 3
    assert [one.name for one in Path("out").iterdir()] == ["notes.txt"]
    again = tandem("generate", "--out", "out", "--remove")
    assert again.exit_code == 1
    assert "No such file" in the_line(again)


def test_who_removes_texts_is_told_which_version_learned_from_them() -> None:
    tandem(*GENERATE, "--out", "out", "--number", "3")
    registry, artefact = VersionRegistry(Path("data/learned")), Path("data/artefacts/abc")
    artefact.mkdir(parents=True)
    write_learned_texts(artefact, LearnedTexts.of([str(texts()[0]["text"])], 0.5, "out"))
    registry.put("7", fitted("before", LearnedState("")), None)
    taught = LearnedState("", controls={"a": ControlModel(artefacts={"synthetic": "abc"})})
    registry.put("7", fitted("taught", taught), "before")
    result = tandem("generate", "--out", "out", "--remove")
    assert "taught, in force in project 7, learned from them" in result.stdout
    assert "tandem models use before" in result.stdout
    tandem(*GENERATE, "--out", "out", "--number", "3", "--seed", "5")
    registry.use("7", "before")
    assert "in force" not in tandem("generate", "--out", "out", "--remove").stdout


def test_a_folder_that_somebody_writes_into_is_left_alone() -> None:
    tandem(*GENERATE, "--out", "out", "--number", "1")
    with FileLock(Path("out") / ".lock"):
        for words in ([*GENERATE, "--number", "5"], ["generate", "--remove"]):
            result = tandem(*words, "--out", "out")
            assert result.exit_code == 1
            assert "Another process writes into the folder" in the_line(result)
    assert len(texts()) == 1


def test_texts_are_written_beside_peoples_answers_alone() -> None:
    result = tandem("generate", "--out", "out")
    assert result.exit_code == 1
    assert "Give --answers" in the_line(result)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Either texts are written, or attributes are proposed"),
        (["--out", "out", "--propose", "new.yaml"], "Either texts are written"),
        (["--propose", "answers.csv"], "There is something already"),
        (["--out", "out", "--method", "attributes"], "need a file of them"),
        (
            ["--out", "out", "--method", "paraphrase", "--attributes", "a.yaml"],
            "has no use for attributes",
        ),
        (["--out", "out", "--attributes", "a.yaml"], "The attributes cannot be read"),
        (["--out", "out", "--held-out", "nowhere.txt"], "What --held-out names cannot be read"),
        (["--out", "out", "--label-config", "nowhere.xml"], "What --label-config names"),
        (["--out", "out", "--budget-money", "5"], "A budget of money needs prices"),
        (["--out", "answers.csv"], "cannot be read or written"),
    ],
)
def test_what_cannot_be_done_is_one_line(words: list[str], said: str) -> None:
    result = tandem(*GENERATE, *words)
    assert result.exit_code == 1
    assert said in the_line(result)
    assert not Path("out").exists()
    assert not Path("new.yaml").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,label\nonly one,red", "Only 1 texts have people's answers"),
        ("a,b\n1,2", "The answers need the columns text and label"),
        (
            "text,label,synthetic\n" + "\n".join(f"Text {n},red,True" for n in range(30)),
            "Only 0 texts have people's answers",
        ),
    ],
)
def test_answers_of_no_use_are_one_line(content: str, said: str) -> None:
    Path("answers.csv").write_text(content)
    result = tandem(*GENERATE, "--out", "out")
    assert result.exit_code == 1
    assert said in the_line(result)


def test_a_label_config_of_something_else_is_one_line() -> None:
    Path("form.xml").write_text(
        '<View><Text name="text" value="$text"/><TextArea name="a" toName="text"/></View>'
    )
    result = tandem(*GENERATE, "--out", "out", "--label-config", "form.xml")
    assert result.exit_code == 1
    assert "Texts are written for one choice" in the_line(result)
