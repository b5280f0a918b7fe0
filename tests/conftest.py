"""What all tests share: Hypothesis's profile, and the fixtures that start the real parts."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from labeling.logs.request_id import NONE, leave_request_id, take_request_id

# How long an example takes tells what else the machine does, and nothing of the code.
settings.register_profile("tests", deadline=None, max_examples=50)
settings.load_profile("tests")

pytest.register_assert_rewrite("tests.support.studio_contracts")

pytest_plugins = (
    "tests.support.scheduling",
    "tests.support.summaries",
    "tests.support.studio_fixtures",
    "tests.support.backend_fixtures",
    "tests.support.browser_fixtures",
    "tests.support.postgres_fixtures",
    "tests.support.small_disk",
    "tests.support.tandem_fixtures",
)


@pytest.fixture(autouse=True)
def under_no_id() -> Iterator[None]:
    """Log under no id, as a new process does, whatever the test before was at work under."""
    token = take_request_id(NONE)
    yield
    leave_request_id(token)
