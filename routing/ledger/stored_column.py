"""Columns of large tables, whose values stay in the ledger until somebody asks for them.

What tasks say and what predictions believe is most of a ledger, and a pass looks at little of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, Text, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from routing.ledger.database import reading

Value = TypeVar("Value")

FEWEST, MOST = 16, 4_096
"""Rows that are read at a time: of ids that come in ascending order, twice as many each time."""

KEPT = 4
"""Portions that are kept: as many ascending sequences may take turns."""


@dataclass(frozen=True, slots=True)
class _Portion:
    """Some rows in the order of their ids, none of the project left out between `first` and `last`.

    Attributes:
        size: Rows that were asked for.
    """

    rows: Mapping[int, Any]
    first: int
    last: int
    size: int

    def is_continued_by(self, row: int) -> bool:
        """Return whether a row comes so soon after these that more of them will be asked for."""
        return self.last < row <= self.last + self.size + self.last - self.first


class StoredColumn(Mapping[int, Value], Generic[Value]):
    """A column of a project's rows, by their ids.

    Args:
        engine: The database.
        project: Label Studio's id of the project.
        key: The column of the table that holds the ids.
        name: The column.
        read: Makes a value of what it holds; JSON comes as text.
    """

    def __init__(
        self,
        engine: Engine,
        project: int,
        key: InstrumentedAttribute[int],
        name: str,
        read: Callable[[Any], Value],
    ) -> None:
        self._engine = engine
        self._key = key
        self._is_project_s = key.class_.project == project
        self._values = cast(key.class_.__table__.columns[name], Text)
        self._read = read
        self._portions: tuple[_Portion, ...] = ()

    def __getitem__(self, row: int) -> Value:
        for portion in self._portions:
            if row in portion.rows:
                return self._read(portion.rows[row])
        portion = self._portion(row)
        self._portions = (portion, *self._portions[: KEPT - 1])
        return self._read(portion.rows[row])

    def __iter__(self) -> Iterator[int]:
        with reading(self._engine) as connection:
            rows = select(self._key).where(self._is_project_s).order_by(self._key)
            return iter(connection.scalars(rows).all())

    def __len__(self) -> int:
        with reading(self._engine) as connection:
            rows = select(func.count(self._key)).where(self._is_project_s)
            return connection.scalar(rows) or 0

    def _portion(self, row: int) -> _Portion:
        """Read a row and some after it."""
        before = next((one for one in self._portions if one.is_continued_by(row)), None)
        size = min(2 * before.size, MOST) if before else FEWEST
        query = (
            select(self._key, self._values)
            .where(self._is_project_s, self._key >= row)
            .order_by(self._key)
            .limit(size)
        )
        with reading(self._engine) as connection:
            rows = {id_: value for id_, value in connection.execute(query)}  # noqa: C416 - typed
        return _Portion(rows, row, max(rows, default=row), size)
