"""The templates of `examples/`, as tests read them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from labeling.answers.types import AnswerType, canonical_json
from labeling.controls import Control
from labeling.form.form import Form, parse

EXAMPLES = Path(__file__).parents[2] / "examples"
TEMPLATES = sorted(config.parent.name for config in EXAMPLES.glob("*/label_config.xml"))


def config(template: str) -> str:
    return _read(template, "label_config.xml")


def instruction(template: str) -> str:
    return _read(template, "instruction.txt")


@cache
def form(template: str) -> Form:
    return parse(config(template))


@cache
def tasks(template: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _read(template, "tasks.jsonl").splitlines()]


def answers(template: str, task: dict[str, Any]) -> dict[str, str]:
    """Each control's gold answer, by its name."""
    by_name = {control.from_name: control for control in form(template).controls}
    return {name: _answer(by_name[name], content) for name, content in task["gold"].items()}


def gold(template: str, task: dict[str, Any]) -> str:
    """The form's gold answer."""
    answer = form(template).answer(answers(template, task))
    assert answer is not None
    return answer


def _answer(control: Control, content: Any) -> str:
    """Write a gold answer as Tandem does: what is one word stands for itself."""
    is_word = control.answer_type in {AnswerType.CLASS, AnswerType.PAIR}
    return str(content) if is_word else canonical_json(content)


def _read(template: str, file: str) -> str:
    return (EXAMPLES / template / file).read_text("utf-8")
