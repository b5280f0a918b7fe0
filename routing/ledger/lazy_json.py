"""JSON objects of the ledger that are read out of their text when they are first looked at.

A pass reads every prediction, and looks into those of the few tasks that people answered.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from routing.ledger.database_faults import DAMAGED, ledger_error

Value = TypeVar("Value")


class LazyJson(Mapping[str, Value], Generic[Value]):
    """A mapping that stands as JSON until it is looked at.

    Args:
        text: A JSON object.
        read: Makes a value of what JSON holds.

    Examples:
        >>> dict(LazyJson('{"yes": 0.9, "no": 0.1}', float))
        {'yes': 0.9, 'no': 0.1}
    """

    __slots__ = ("_held", "_read")

    def __init__(self, text: str, read: Callable[[Any], Value]) -> None:
        self._held: str | dict[str, Value] = text
        self._read = read

    @property
    def _object(self) -> dict[str, Value]:
        if isinstance(self._held, str):
            try:
                found: dict[str, Any] = json.loads(self._held)
            except ValueError as error:
                raise ledger_error(DAMAGED) from error
            self._held = {name: self._read(value) for name, value in found.items()}
        return self._held

    def __getitem__(self, name: str) -> Value:
        return self._object[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._object)

    def __len__(self) -> int:
        return len(self._object)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LazyJson) and self._held == other._held:
            return True
        return self._object == dict(other) if isinstance(other, Mapping) else NotImplemented

    def __repr__(self) -> str:
        return repr(self._object)
