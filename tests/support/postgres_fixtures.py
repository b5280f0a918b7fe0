"""Empty databases on a scratch PostgreSQL server."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from tests.support.installed import skip_without
from tests.support.postgres import create_database, find_programs, scratch_server


@pytest.fixture(scope="session")
def new_postgres_url() -> Iterator[Callable[[], str]]:
    """Makes empty databases on a scratch PostgreSQL server."""
    programs = find_programs()
    if programs is None:
        skip_without("PostgreSQL's programs are not installed")
    with scratch_server(programs) as folder:
        numbers = itertools.count()
        yield lambda: create_database(programs, folder, f"tandem{next(numbers)}")


@pytest.fixture
def postgres_url(new_postgres_url: Callable[[], str]) -> str:
    """The SQLAlchemy URL of an empty PostgreSQL database."""
    return new_postgres_url()
