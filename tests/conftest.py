"""What all tests share: Hypothesis's profile, and the fixtures that start the real parts."""

from hypothesis import settings

# How long an example takes tells what else the machine does, and nothing of the code.
settings.register_profile("tests", deadline=None, max_examples=50)
settings.load_profile("tests")

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
