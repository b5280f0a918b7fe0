"""The order of the tests speaks of files that there are."""

from pathlib import Path

import pytest

from tests.support.scheduling import SECONDS

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("file", SECONDS)
def test_every_long_file_is_there(file: str) -> None:
    assert (TESTS / file).is_file()
