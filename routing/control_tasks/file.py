"""The file of known answers: CSV, JSON Lines, or Label Studio's own export in JSON.

A row has the fields of the project's tasks, and its answer under the name of each control, or as
`answer`, as people's programs write it; see `labeling.answers.plain_values`. A row as Label Studio
exports it has `data` and `annotations`, or `result`.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from labeling.answers.plain_values import answer_of
from labeling.answers.types import AnswerType
from labeling.controls import Control, Region
from labeling.errors import AnswerError, SettingsError, TandemError, TaskError
from labeling.form.form import Form
from labeling.suggestion import closest
from routing.control_tasks.known_answer import KnownAnswer, merged

ANSWER = "answer"
"""The column of the answer, where the form has one control, or of each control's by its name."""

ANSWERS = "answers"
"""In JSON, a list of such answers, any of which is right."""

EXPLANATION = "explanation"

Row: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Result:
    """An answer as Label Studio stores it."""

    regions: Sequence[Region]


WORDS = frozenset({AnswerType.CLASS, AnswerType.PAIR})
"""Types whose answers are words as they stand; those of others may be JSON in a CSV cell."""


def read_known_answers(file: Path, form: Form) -> list[KnownAnswer]:
    """Read items with known answers; of an item that stands there twice, both answers are right.

    Args:
        file: A `.csv`, `.jsonl` or `.json` file.
        form: What the label config asks.

    Returns:
        The known answers, in the file's order.

    Raises:
        SettingsError: It cannot be read, or a row is no item of the form or has no answer of it.
    """
    return merged(_known(row, form, f"{file}:{line}") for line, row in _rows(file))


def _rows(file: Path) -> Iterator[tuple[int, Row]]:
    """Give the file's rows, each with its line; of JSON with its place in the list."""
    readers = {".csv": _csv_rows, ".jsonl": _jsonl_rows, ".json": _json_rows}
    if file.suffix.lower() not in readers:
        raise SettingsError(
            f"Known answers cannot be read from {file.name!r}",
            where="quality.known_answers",
            hint="Name a .csv, .jsonl or .json file.",
        )
    try:
        yield from readers[file.suffix.lower()](file)
    except OSError as error:
        raise SettingsError(
            f"The file of known answers cannot be read: {error.strerror}",
            where=str(file),
            hint="Correct quality.known_answers.",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            "The file of known answers is not in UTF-8", where=str(file), hint="Save it as UTF-8."
        ) from error


def _csv_rows(file: Path) -> Iterator[tuple[int, Row]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            if None in row or None in row.values():
                raise SettingsError(
                    f"The row has not the {len(reader.fieldnames or ())} cells of the header",
                    where=f"{file}:{reader.line_num}",
                    hint="Put cells that hold commas or line breaks in double quotes.",
                )
            yield reader.line_num, row


def _jsonl_rows(file: Path) -> Iterator[tuple[int, Row]]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _object(_json(line, f"{file}:{number}"), f"{file}:{number}")


def _json_rows(file: Path) -> Iterator[tuple[int, Row]]:
    content = _json(file.read_text(encoding="utf-8-sig"), str(file))
    if not isinstance(content, list):
        raise SettingsError(
            "The file of known answers holds no list", where=str(file), hint="Write [ … ]."
        )
    for number, one in enumerate(content, start=1):
        yield number, _object(one, f"{file}:{number}")


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SettingsError(
            f"This is no JSON: {error}", where=where, hint="Correct it, or use CSV."
        ) from error


def _object(content: Any, where: str) -> Row:
    if isinstance(content, dict):
        return content
    raise SettingsError(
        "The row is no JSON object", where=where, hint='Write {"text": …, "answer": …}.'
    )


def _known(row: Row, form: Form, where: str) -> KnownAnswer:
    """Read a row.

    Raises:
        SettingsError: It is no item of the form, or has no answer of it.
    """
    data, accepted, explanation = _parted(row, form, where)
    try:
        item = form.text_of(data)
    except TaskError as error:
        raise SettingsError(
            f"The row is no item of the project: {error.what}",
            where=where,
            hint=f"Give it the fields that the label config shows: {', '.join(_fields(form))}.",
        ) from error
    try:
        answers = tuple(dict.fromkeys(read_answer(one, form, item) for one in accepted))
    except TandemError as error:
        raise SettingsError(error.what, where=where, hint=_hint(accepted, form)) from error
    if not answers:
        raise SettingsError(
            "The row has no answer", where=where, hint=f"Fill in {_columns_in_words(form)}."
        )
    return KnownAnswer(answers, "file", data=data, explanation=explanation or None)


def _parted(row: Row, form: Form, where: str) -> tuple[Row, Sequence[Any], str | None]:
    """Take a row apart: the task's data, the accepted answers as written, and the explanation."""
    if isinstance(row.get("data"), dict) and ("annotations" in row or "result" in row):
        annotations = row.get("annotations") or [{"result": row.get("result")}]
        marked = [one for one in annotations if one.get("ground_truth")]
        results = [one.get("result") for one in marked or annotations if not _is_skip(one)]
        stored = [_Result(one) for one in results if isinstance(one, list)]
        return row["data"], stored, row.get(EXPLANATION) or row["data"].get(EXPLANATION)
    names = [one.from_name for one in form.controls if one.from_name in row]
    if (ANSWER in row or ANSWERS in row) and not names:
        several = row.get(ANSWERS)
        accepted = several if isinstance(several, list) else [row[ANSWER]] if ANSWER in row else []
    elif names:
        stated = {name: row[name] for name in names if row[name] not in ("", None)}
        accepted = [stated] if stated else []
    else:
        raise SettingsError(
            "The row has no column of an answer",
            where=where,
            hint=f"Name it {_columns_in_words(form)}.",
        )
    own = {ANSWER, ANSWERS, EXPLANATION, *names}
    data = {name: value for name, value in row.items() if name not in own}
    return data, [one for one in accepted if one not in ("", None)], row.get(EXPLANATION)


def _is_skip(annotation: Row) -> bool:
    return bool(annotation.get("was_cancelled"))


def read_answer(written: Any, form: Form, item: str) -> str:
    """Read one answer, in the canonical form.

    Args:
        written: As people's programs write it, or an object of such by the names of controls.
        form: What the label config asks.
        item: What is asked about.

    Raises:
        AnswerError: It is no answer of the form to that item.
    """
    if isinstance(written, _Result):
        answer = form.decode(written.regions, item)
        if answer is None:
            raise AnswerError("The annotation does not answer the form")
        return answer
    if not isinstance(written, dict) or (form.only and form.only.from_name not in written):
        if form.only is None:
            raise AnswerError("The answer does not name the controls")
        written = {form.only.from_name: written}
    unknown = written.keys() - {one.from_name for one in form.controls}
    if unknown:
        raise AnswerError(f"There is no control {min(unknown)!r}")
    stated = {
        one.from_name: _stated(one, written[one.from_name])
        for one in form.controls
        if one.from_name in written
    }
    answer = form.answer(stated)
    if answer is None or not form.accepts(answer, item):
        raise AnswerError(f"{repr(written)[:100]} is no answer of the form to this item")
    # As people's answers are read; of a part of what is required there is nothing to read.
    return form.decode(form.encode(answer, item), item) or answer


def _stated(control: Control, written: Any) -> str:
    if control.answer_type in WORDS:
        word = str(written) if isinstance(written, int | float) else written
        return answer_of(control.answer_type, word)
    if isinstance(written, str):
        with suppress(ValueError):  # Else it is a word or a text as it stands.
            written = json.loads(written)
    return answer_of(control.answer_type, written, inner=control.inner.answer_type)


def _fields(form: Form) -> list[str]:
    return list(dict.fromkeys(one.value.name for one in form.objects.values()))


def _columns_in_words(form: Form) -> str:
    names = [one.from_name for one in form.controls]
    return f"{names[0]!r} or {ANSWER!r}" if form.only else " or ".join(map(repr, names))


def _hint(accepted: Sequence[Any], form: Form) -> str:
    """Say what the answer may be."""
    if form.only is None:
        return f"Name the controls: {', '.join(one.from_name for one in form.controls)}."
    values = [one.value for one in form.only.candidates]
    [written] = accepted[:1] or [""]
    word = written.get(form.only.from_name) if isinstance(written, dict) else written
    meant = closest(word, values) if isinstance(word, str) else None
    if meant:
        return f"Did you mean {meant}?"
    if values:
        return f"Write one of: {', '.join(values[:8])}."
    return "Write it as `tandem export` does; see docs/known_answers.md."
