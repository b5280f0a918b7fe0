"""The `value` of a tag, as Label Studio's page resolves it against a task's data.

A value is one variable, `$review.body`, and then whatever the data hold there; or a text with
variables in it, `Q: $question`, which are replaced by what they hold as the page would write it.
A variable is a field's own name, be there dots in it, or else a path: `$a.b`, `$a[0].b`, `$a.0.b`.
Source: the page's `utils/data.js`, and `get` of es-toolkit, which it calls.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labeling.answers.types import canonical_json, content_of
from labeling.errors import AnswerError, TaskError

_VARIABLE = re.compile(r"\$([A-Za-z0-9_\[\].{}]+)")
_STEP = re.compile(r"[^.\[\]]+")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class ValueExpression:
    """What a tag shows of a task's data.

    Attributes:
        expression: The tag's `value`, such as `$text`.
    """

    expression: str

    @property
    def variables(self) -> tuple[str, ...]:
        """Its variables, each once, without their `$`; none where it is the same for all tasks."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.expression)))

    @property
    def is_variable(self) -> bool:
        """Whether it is one variable and nothing else, so that it may hold more than a text."""
        return _VARIABLE.fullmatch(self.expression) is not None

    @property
    def name(self) -> str:
        """Its first variable, by which people know what it shows."""
        return self.variables[0]

    def is_in(self, data: Mapping[str, Any]) -> bool:
        """Return whether the data hold something for it to show."""
        found = (look_up(data, variable) for variable in self.variables)
        return any(value not in (None, "", [], {}) for value in found)

    def of(self, data: Mapping[str, Any]) -> Any:
        """Return what the data hold of its only variable.

        Raises:
            TaskError: It is missing, or null.
        """
        value = look_up(data, self.name)
        if value is None:
            raise TaskError(
                f"The task has no field {self.name!r}", hint="Add it to the task's data."
            )
        return value

    def content_in(self, data: Mapping[str, Any]) -> str:
        """Return what it shows of the data: the text, or of a text with variables what they hold.

        Raises:
            TaskError: None of its variables is there.
        """
        if self.is_variable:
            return as_text(self.of(data))
        found = {one: look_up(data, one, _MISSING) for one in self.variables}
        if all(value in (None, _MISSING) for value in found.values()):
            raise TaskError(
                f"The task has no field {self.name!r}", hint="Add it to the task's data."
            )
        return canonical_json(
            {name: as_text(value) for name, value in found.items() if value is not _MISSING}
        )

    def text_of(self, content: str) -> str:
        """Return the text that it shows, of what `content_in` gave.

        Raises:
            TaskError: It gave no such content.
        """
        if self.is_variable:
            return content
        found = self._found(content)
        # What is not there is written so by the page.
        return _VARIABLE.sub(lambda match: str(found.get(match[1], "undefined")), self.expression)

    def data_of(self, content: str) -> dict[str, Any]:
        """Return data that it shows the same of; the reverse of `content_in`.

        Raises:
            TaskError: `content_in` gave no such content.
        """
        return {self.name: content} if self.is_variable else self._found(content)

    def _found(self, content: str) -> dict[str, Any]:
        try:
            found = content_of(content)
        except AnswerError:
            found = None
        if not isinstance(found, dict):
            raise TaskError("This is no item of the label config")
        return found


def look_up(data: Mapping[str, Any], path: str, default: Any = None) -> Any:
    """Return what a task's data hold at a path.

    Args:
        data: The data.
        path: A field's name, or the names and places that lead into one.
        default: What is returned where the path leads nowhere.

    Returns:
        The value, whatever its type.
    """
    if path in data:
        return data[path]
    value: Any = data
    for step in _STEP.findall(path):
        value = _step(value, step)
        if value is _MISSING:
            return default
    return value


def as_text(value: Any) -> str:
    """Write a value of JSON as the page's own language does."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case float() if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        case float() if math.isfinite(value):
            return re.sub(r"e([+-])0+", r"e\1", repr(value))
        case list():
            return ",".join(map(as_text, _leaves(value)))
        case Mapping():
            return "[object Object]"
    return str(value)


def _leaves(values: list[Any]) -> Iterator[Any]:
    """Yield what lists hold, in order, however deep they lie in each other.

    Null and a list that is empty are written as nothing.
    """
    waiting = [values]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list) and one:
            waiting.extend(reversed(one))
        else:
            yield "" if one is None or one == [] else one


def _step(value: Any, step: str) -> Any:
    """Return what lies one step further on; `_MISSING` where nothing does."""
    match value:
        case Mapping():
            return value.get(step, _MISSING)
        case list() | str() if step == "length":
            return len(value)
        case list() | str() if step.isdecimal() and str(int(step)) == step:
            return value[int(step)] if int(step) < len(value) else _MISSING
    return _MISSING
