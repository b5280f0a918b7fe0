"""Builds requests out of a project: its labels, its instruction, examples, and an item's text."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.engines.base import Request
from backend.prompts.frame import PromptFrame, one_line, readable, solved
from labeling.controls import Candidate
from labeling.errors import SettingsError
from labeling.settings.model_sections import PromptSettings

_FOLDER = Path(__file__).parent
_BUILT_IN = {name: _FOLDER / f"{name}.jinja" for name in ("classification", "bare", "question")}
_DEFAULT = "classification"


@dataclass(frozen=True, slots=True)
class Example:
    """One solved item.

    Attributes:
        text: The item.
        label: The label as people see it, a `Candidate.text`.
    """

    text: str
    label: str


class PromptBuilder:
    """Builds the request for every text of one project.

    Args:
        candidates: The labels that can be answered, in the label config's order.
        instruction: What the project tells its annotators; may be empty.
        examples: Solved items that stand before the item.
        template: A Jinja file, or the name of a built-in one (`classification`, `bare`,
            `question`); None: `classification`. It sees `candidates`, `instruction`, `examples`,
            `question` and `text`, and must show `text` once.
        question: What is asked behind the text, where several questions share what is before it.
        preface: What the template `question` shows before the text, such as a worked example.
        end: What ends an answer; needed where one label begins with another one.
        chat: Whether the prompt goes through the model's chat template.

    Raises:
        SettingsError: The template is missing, broken, or does not show the text once.
    """

    def __init__(
        self,
        candidates: Sequence[Candidate],
        instruction: str = "",
        examples: Sequence[Example] = (),
        template: Path | str | None = None,
        *,
        question: str = "",
        preface: str = "",
        end: str = "",
        chat: bool = False,
    ) -> None:
        file = _BUILT_IN.get(str(template or _DEFAULT)) or Path(str(template))
        self._values: dict[str, Any] = {
            "candidates": [
                {"text": readable(c.text), "hint": readable(c.hint)} for c in candidates
            ],
            "instruction": readable(instruction).strip(),
            "question": readable(question),
            "preface": preface,
            "examples": [
                {"text": one_line(example.text), "label": readable(example.label)}
                for example in examples
            ],
        }
        self._frame = PromptFrame.render(file, chat=chat, **self._values)
        self.labels = tuple(readable(candidate.text) for candidate in candidates)
        """The labels as the model sees them."""
        self._end = end
        self._continuations = tuple(self.continuation(label) for label in self.labels)
        self.digest = self._frame.digest_with(*self._continuations)
        """SHA-256, in hex, over all that is asked beside the text."""

    def request(self, text: str) -> Request:
        """Ask for the label of a text.

        The text is laid on one line, so that it cannot forge the lines that stand around it.
        """
        return Request(self._frame.around(text), self._continuations)

    def continuation(self, label: str) -> str:
        """Write a label as it continues the prompt."""
        return f"{self._frame.lead}{readable(label)}{self._end}"

    def solved(self, text: str, label: str) -> str:
        """Write a solved item, up to where the next item stands.

        Args:
            text: What prompts show of it.
            label: Its label, as the model sees it.
        """
        return solved(text, [(self._frame, label)])

    def frame(self, template: str, **more: object) -> PromptFrame:
        """Ask something else of the same texts, by a template of this folder.

        Args:
            template: Its name; it sees what the main template sees.
            more: What it sees besides.

        Returns:
            What stands around a text.
        """
        file = _FOLDER / f"{template}.jinja"
        return PromptFrame.render(file, chat=self._frame.chat, **self._values, **more)


def read_examples(file: Path, candidates: Sequence[Candidate]) -> tuple[Example, ...]:
    """Read solved items from a CSV or JSONL file with the fields `text` and `label`.

    A label may be written as people see it or as Label Studio stores it.

    Args:
        file: The file.
        candidates: The labels that can be answered.

    Returns:
        The examples, in order.

    Raises:
        SettingsError: The file cannot be read, or a line lacks a field or has an unknown label.
    """
    shown = {c.value: c.text for c in candidates} | {c.text: c.text for c in candidates}
    examples = []
    for number, row in enumerate(_rows(file), start=1):
        where = f"{file}, example {number}"
        text, label = row.get("text"), row.get("label")
        if not isinstance(text, str) or not isinstance(label, str):
            raise SettingsError("An example needs a text and a label", where=where)
        if label not in shown:
            raise SettingsError(
                f"The example's label {label!r} is not in the label config",
                where=where,
                hint=f"Use one of: {', '.join(shown)}.",
            )
        examples.append(Example(text, shown[label]))
    return tuple(examples)


def builder_for(
    candidates: Sequence[Candidate],
    settings: PromptSettings,
    instruction: str,
    question: str | None = None,
    preface: str = "",
    end: str = "",
) -> PromptBuilder:
    """Make the builder that the settings describe.

    Args:
        candidates: What can be answered.
        settings: How the model is asked.
        instruction: What the project tells its annotators.
        question: Of several that are asked about one text, this one; None: it is the only one.
            Several share the built-in template `question`, and can be shown no examples.
        preface: What stands before the text, where several are asked.
        end: What ends an answer.

    `chat: auto` means a plain prompt: a label that follows `Label:` is scored more faithfully
    than one that opens a chat reply, also with models that are tuned to chat.

    Returns:
        The builder.

    Raises:
        SettingsError: Template or examples cannot be used.
    """
    if question is not None and settings.examples is not None:
        raise SettingsError(
            "Examples are for a form that asks for one choice or rating alone, and this one asks"
            " for something else or more",
            where="prompt.examples",
            hint="Take the setting out; what the examples show can be said in prompt.instruction.",
        )
    instruction = instruction if settings.instruction is None else settings.instruction
    chat = settings.chat == "always"
    if question is not None:
        return PromptBuilder(
            candidates,
            instruction,
            template="question",
            question=question,
            preface=preface,
            end=end,
            chat=chat,
        )
    examples = read_examples(settings.examples, candidates) if settings.examples else ()
    return PromptBuilder(candidates, instruction, examples, settings.template, end=end, chat=chat)


def _rows(file: Path) -> Iterable[dict[str, object]]:
    try:
        content = file.read_text("utf-8-sig")
        if file.suffix == ".csv":
            return list(csv.DictReader(io.StringIO(content, newline="")))
        rows = [json.loads(line) for line in content.splitlines() if line.strip()]
    except (OSError, ValueError, csv.Error) as error:
        raise SettingsError(f"The examples cannot be read: {error}", where=str(file)) from error
    if not all(isinstance(row, dict) for row in rows):
        raise SettingsError("A line of the examples is not an object", where=str(file))
    return rows
