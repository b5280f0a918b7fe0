"""What a schema lets a model write: JSON on one line."""

import json

import pytest

from backend.engines import Engine
from backend.engines.transformers import TransformersEngine
from backend.engines.transformers.generation.grammar import SchemaGrammars

pytestmark = pytest.mark.model

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"names": {"type": "array", "items": {"enum": ["Ann", "Bo"]}}},
        "required": ["names"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="module")
def grammars(engine: Engine) -> SchemaGrammars:
    assert isinstance(engine, TransformersEngine)
    return SchemaGrammars(engine.tokenizer, len(engine.tokenizer))


def can_be_written(grammars: SchemaGrammars, text: str, schema: str = SCHEMA) -> bool:
    """Tell whether a whole text can be written, one character after the other."""
    matcher = grammars.matcher(schema)
    tokenizer = grammars._tokenizer  # the very one that the matcher reads tokens by
    tokens = [token for one in text for token in tokenizer.encode(one, add_special_tokens=False)]
    return all(matcher.consume_token(token) for token in tokens) and bool(matcher.is_accepting())


@pytest.mark.parametrize("text", ['{"names": ["Ann", "Bo"]}', '{"names":["Ann","Bo"]}'])
def test_json_is_written_with_spaces_or_without(grammars: SchemaGrammars, text: str) -> None:
    assert can_be_written(grammars, text)


@pytest.mark.parametrize(
    "text", ['{"names":\n["Ann"]}', '{"names": [\n"Ann"]}', '{"names":  ["Ann"]}', ' {"names":[]}']
)
def test_no_line_ends_and_no_space_piles_up_before_the_text_is_whole(
    grammars: SchemaGrammars, text: str
) -> None:
    assert not can_be_written(grammars, text)


@pytest.mark.parametrize(("number", "fits"), [("12.5", True), ("12.55", True), ("12.555", False)])
def test_a_number_keeps_to_its_step(grammars: SchemaGrammars, number: str, fits: bool) -> None:
    cents = json.dumps({"type": "number", "minimum": 0, "multipleOf": 0.01})
    assert can_be_written(grammars, number, cents) is fits
