"""What a test needs that may not be installed on this machine."""

import os
from typing import NoReturn

import pytest


def skip_without(what: str) -> NoReturn:
    """Skip a test for want of something; in CI, where nothing may be skipped, fail it.

    Args:
        what: What is not there, as a sentence says it.
    """
    if os.environ.get("CI"):
        pytest.fail(f"{what}, and in CI it has to be there")
    pytest.skip(what)
