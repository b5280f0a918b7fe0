"""Ledgers on SQLite and on PostgreSQL."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from routing.ledger import Ledger

NewLedger: TypeAlias = Callable[[], Ledger]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind that a ledger can be kept in."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def new_ledger(database_url: str) -> Iterator[NewLedger]:
    """Makes empty ledgers, each of another project in the same database."""
    opened: list[Ledger] = []
    numbers = itertools.count(1)

    def make() -> Ledger:
        opened.append(Ledger(database_url, next(numbers)))
        opened[-1].upgrade()
        return opened[-1]

    yield make
    for ledger in opened:
        ledger.close()


@pytest.fixture
def ledger(new_ledger: NewLedger) -> Ledger:
    """An empty ledger."""
    return new_ledger()
