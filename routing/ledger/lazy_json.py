"""JSON objects of the ledger that are read when they are first looked at.

A pass knows every prediction, and looks into those of the few tasks that people answered.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from routing.ledger.database_faults import DAMAGED, ledger_error

Value = TypeVar("Value")


class LazyJson(Mapping[str, Value], Generic[Value]):
    """A mapping that stands in the ledger until it is looked at.

    Args:
        column: What rows hold, by their ids.
        row: The row whose object it is; where that is gone meanwhile, it is empty.

    Examples:
        >>> dict(LazyJson({7: {"yes": 0.9, "no": 0.1}}, 7))
        {'yes': 0.9, 'no': 0.1}
    """

    __slots__ = ("_column", "_held")

    def __init__(self, column: Mapping[int, Mapping[str, Value]], row: int) -> None:
        self._column = column
        self._held: int | Mapping[str, Value] = row

    @property
    def _object(self) -> Mapping[str, Value]:
        if isinstance(self._held, int):
            self._held = self._column.get(self._held, {})
        return self._held

    def __getitem__(self, name: str) -> Value:
        return self._object[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._object)

    def __len__(self) -> int:
        return len(self._object)

    def __eq__(self, other: object) -> bool:
        return self._object == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __repr__(self) -> str:
        return repr(self._object)


def object_reader(read: Callable[[Any], Value]) -> Callable[[str], Mapping[str, Value]]:
    """Return what reads a JSON object.

    Args:
        read: Makes a value of what JSON holds.

    Returns:
        A function of the object's text, which raises LedgerError where that is none.
    """

    def read_object(text: str) -> Mapping[str, Value]:
        try:
            found: dict[str, Any] = json.loads(text)
        except ValueError as error:
            raise ledger_error(DAMAGED) from error
        return {name: read(value) for name, value in found.items()}

    return read_object
