"""Which tasks a filter of the Data Manager lets pass."""

import operator
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from bench.scripted_studio.store import ScriptedProject, ScriptedTask

Test: TypeAlias = Callable[[ScriptedTask], bool]

PREFIX = "filter:tasks:"

_COLUMNS: Mapping[str, Callable[[ScriptedTask], Any]] = {
    "id": lambda task: task.id,
    "inner_id": lambda task: task.inner_id,
    "updated_at": lambda task: task.updated_at,
    "total_annotations": lambda task: sum(not one.was_cancelled for one in task.annotations),
    "total_predictions": lambda task: len(task.predictions),
    "predictions_model_versions": lambda task: [one.model_version for one in task.predictions],
}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "greater": operator.gt,
    "greater_or_equal": operator.ge,
    "less": operator.lt,
    "less_or_equal": operator.le,
    "in": lambda value, limits: limits[0] <= value <= limits[1],
    "in_list": lambda value, among: value in among,
    "not_in_list": lambda value, among: value not in among,
    "contains": lambda values, wanted: any(word in one for one in values for word in wanted),
}


def matching(project: ScriptedProject, filters: Mapping[str, Any] | None) -> Sequence[ScriptedTask]:
    """Return the tasks that pass, by ascending id.

    Args:
        project: The project.
        filters: `conjunction` and `items`; None: all pass.

    Raises:
        KeyError: A column or an operator is not known here.
    """
    items = (filters or {}).get("items") or []
    if (filters or {}).get("conjunction") == "or" and items:
        tests = [_test(item) for item in items]
        return [task for task in project.tasks if any(test(task) for test in tests)]
    tasks: Sequence[ScriptedTask] = project.tasks
    # What names ids first, since that leaves least to look at.
    for item in sorted(items, key=lambda item: item["filter"] != f"{PREFIX}id"):
        tasks = _passing(tasks, item)
    return tasks


def _passing(tasks: Sequence[ScriptedTask], item: Mapping[str, Any]) -> Sequence[ScriptedTask]:
    """Return the tasks that pass one item, found by their ids where these are named."""
    if item["filter"] == f"{PREFIX}id" and item["operator"] == "greater":
        return tasks[_place_behind(tasks, item["value"]) :]
    if item["filter"] == f"{PREFIX}id" and item["operator"] == "in_list":
        places = {number: _place_behind(tasks, number) - 1 for number in sorted(item["value"])}
        return [
            tasks[place]
            for number, place in places.items()
            if place >= 0 and tasks[place].id == number
        ]
    test = _test(item)
    return [task for task in tasks if test(task)]


def _place_behind(tasks: Sequence[ScriptedTask], number: int) -> int:
    return bisect_right(tasks, number, key=lambda task: task.id)


def _test(item: Mapping[str, Any]) -> Test:
    column = _COLUMNS[item["filter"].removeprefix(PREFIX)]
    passes, value = _OPERATORS[item["operator"]], _value(item)
    return lambda task: passes(column(task), value)


def _value(item: Mapping[str, Any]) -> Any:
    """Read what a column is compared with, in the column's own unit."""
    value = item["value"]
    if item["type"] == "Datetime":
        return round(datetime.fromisoformat(value).timestamp() * 1e6)
    if item["operator"] == "in":
        return value["min"], value["max"]
    if item["operator"] in ("in_list", "not_in_list"):
        return frozenset(value)
    return value
