"""Attributes of texts and their values: proposed by the model, edited by people, in a YAML file.

Texts that are asked for by attributes are more diverse than texts that are asked for by label alone
(Yu et al., "Large Language Model as Attributed Training Data Generator", NeurIPS 2023).
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import yaml

from backend.engines import Ability, Engine, GenerateRequest, Generation
from backend.synthesis.generation.prompts import propose_attributes, propose_values
from labeling.errors import EngineError, SettingsError
from labeling.json_values import table, text, texts

Attributes: TypeAlias = Mapping[str, tuple[str, ...]]
"""Values by attribute, in order."""

MOST_ATTRIBUTES, MOST_VALUES = 5, 8
"""What a model is asked for."""

LONGEST = 40
"""Characters of a name or a value that a model proposes."""

_WORDS = re.compile(r"(?=.*[^\W\d_])\w[\w &/'()-]*")
"""What a name or value looks like; of the signs that a small model fills a list with, nothing."""

_HEAD = """\
# Attributes of the texts that are to be written, and the values that each may have; proposed by
# {model}. Read them, change them, take out what no text of yours has: every value is asked for as
# often as the others.
"""


def propose(engine: Engine, instruction: str, labels: Sequence[str], seed: int = 0) -> Attributes:
    """Have a model propose attributes and values.

    Args:
        engine: The model.
        instruction: What the project tells its annotators.
        labels: The labels, as people see them.
        seed: Of the sampling.

    Returns:
        The attributes, each with two values or more.

    Raises:
        EngineError: The model cannot follow a schema, fails, or proposes nothing of use.
    """
    if Ability.SCHEMAS not in engine.abilities:
        raise EngineError(
            f"The model {engine.name} cannot write by a schema, and so propose no attributes",
            hint="Write the attributes' file yourself: a list of values under each name.",
        )
    names = _listed(engine, propose_attributes(instruction, labels), MOST_ATTRIBUTES, seed)
    found = {
        name: values
        for name in names
        if len(
            values := _listed(engine, propose_values(instruction, labels, name), MOST_VALUES, seed)
        )
        > 1
    }
    if not found:
        raise EngineError(
            f"The model {engine.name} proposed no attribute with two values",
            hint="Write the attributes' file yourself: a list of values under each name.",
        )
    return found


def write_attributes(file: Path, attributes: Attributes, model: str) -> None:
    """Write attributes where people can edit them; nothing is overwritten.

    Args:
        file: The file.
        attributes: What is written.
        model: Who proposed it.

    Raises:
        SettingsError: There is a file already, or it cannot be written.
    """
    content = yaml.safe_dump(
        {name: list(values) for name, values in attributes.items()},
        allow_unicode=True,
        sort_keys=False,
    )
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(_HEAD.format(model=model) + content)
    except OSError as error:
        raise SettingsError(
            f"The attributes cannot be written: {error.strerror}",
            where=str(file),
            hint="Name another file with --attributes.",
        ) from error


def read_attributes(file: Path) -> Attributes:
    """Read what `write_attributes` wrote and people edited.

    Raises:
        SettingsError: It cannot be read, or is no list of values under each name.
    """
    try:
        content = yaml.safe_load(file.read_text("utf-8"))
        found = {text(name): texts(values) for name, values in table(content).items()}
        if not found or not all(found.values()):
            raise ValueError("an attribute has no values")
    except (OSError, ValueError, yaml.YAMLError) as error:
        why = " ".join(str(error.strerror if isinstance(error, OSError) else error).split())
        raise SettingsError(
            f"The attributes cannot be read: {why}",
            where=str(file),
            hint="Write a list of texts under each attribute's name, in quotes where it is a"
            " number.",
        ) from error
    return found


def _listed(engine: Engine, request: GenerateRequest, most: int, seed: int) -> tuple[str, ...]:
    """Have a model list texts, each once.

    Raises:
        EngineError: It fails.
    """
    schema = {
        "type": "array",
        "items": {"type": "string", "minLength": 2, "maxLength": LONGEST},
        "minItems": 2,
        "maxItems": most,
    }
    asked = GenerateRequest(
        request.context,
        request.max_tokens,
        temperature=request.temperature,
        seed=seed,
        schema=json.dumps(schema),
    )
    [answer] = engine.generate([asked])
    if isinstance(answer, EngineError):
        raise answer
    return _texts_of(answer)


def _texts_of(answer: Generation) -> tuple[str, ...]:
    """Return the words of a list; of one that was cut off by the limit of tokens, none."""
    try:
        listed = texts(json.loads(answer.text))
    except ValueError:
        return ()
    clean = (" ".join(one.split()) for one in listed)
    return tuple(dict.fromkeys(one for one in clean if _WORDS.fullmatch(one)))
