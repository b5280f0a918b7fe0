"""Attributes: proposed by a model, written once, edited by people, read back or refused."""

import json
from pathlib import Path

import pytest

from backend.engines import Ability, GenerateRequest
from backend.synthesis.generation.attributes import propose, read_attributes, write_attributes
from labeling.errors import EngineError, SettingsError
from tests.support.capable_engine import AbleEngine


def proposing(request: GenerateRequest) -> str:
    """Propose two attributes, of which one has no two values."""
    if '"style"' in request.context.before:
        signs = ["', '", "value:0.9,", "123", "]. The list", ""]
        return json.dumps(["formal", "rude", *signs, "formal", "with  spaces", "10-20 words"])
    if '"mood"' in request.context.before:
        return json.dumps(["glad", "glad"])
    return json.dumps(["style", "mood"])


def test_a_model_proposes_attributes_with_two_values_or_more() -> None:
    """Signs that it fills a list with are no values."""
    engine = AbleEngine(proposing)
    assert propose(engine, "", ["a", "b"]) == {
        "style": ("formal", "rude", "with spaces", "10-20 words")
    }
    assert all(one.schema for one in engine.asked)


@pytest.mark.parametrize("said", ['["style", "mo', "[]", '["a", "a"]'])
def test_a_model_that_proposes_nothing_of_use_is_one_line(said: str) -> None:
    with pytest.raises(EngineError, match="Write the attributes' file yourself"):
        propose(AbleEngine(lambda _: said), "", ["a"])


def test_a_model_without_schemas_cannot_propose() -> None:
    with pytest.raises(EngineError, match="cannot write by a schema"):
        propose(AbleEngine(lacks=frozenset({Ability.SCHEMAS})), "", ["a"])


def test_what_was_written_can_be_read(tmp_path: Path) -> None:
    attributes = {"style": ("formal", "r\u00fcde: very"), "year": ("2019", "yes")}
    write_attributes(tmp_path / "a.yaml", attributes, "the-model")
    assert read_attributes(tmp_path / "a.yaml") == attributes
    assert "# the-model" in (tmp_path / "a.yaml").read_text("utf-8")


def test_what_people_edited_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mine: [a]", "utf-8")
    with pytest.raises(SettingsError, match="File exists"):
        write_attributes(tmp_path / "a.yaml", {"a": ("b", "c")}, "model")
    assert (tmp_path / "a.yaml").read_text("utf-8") == "mine: [a]"


@pytest.mark.parametrize(
    "content", ["", "style", "style: []", "style: formal", "year: [2019]", "a: [b", "{}"]
)
def test_what_is_no_list_of_values_is_one_line(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(content, "utf-8")
    with pytest.raises(SettingsError, match=r"a\.yaml") as error:
        read_attributes(tmp_path / "a.yaml")
    assert len(error.value.lines) == 1


def test_a_file_that_is_missing_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No such file"):
        read_attributes(tmp_path / "a.yaml")
