"""What strangers can cause without end is a few lines, and a count of the others."""

import logging

import pytest

from backend.runtime.rate_limit import MOST_LINES, PERIOD_SECONDS, RateLimit


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_few_lines_of_each_place_pass_and_the_next_period_counts_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    logger = logging.getLogger("tests.rate_limit")
    limit = RateLimit(clock)
    logger.addFilter(limit)

    def refuse(number: int) -> None:
        logger.warning("Refused %d", number)

    for number in range(1000):
        refuse(number)
    logger.warning("Something else")
    assert caplog.messages == [*(f"Refused {n}" for n in range(MOST_LINES)), "Something else"]
    clock.now = PERIOD_SECONDS
    refuse(1000)
    assert caplog.messages[-1] == f"Refused 1000 (and {1000 - MOST_LINES} more like it before)"
    refuse(1001)
    assert caplog.messages[-1] == "Refused 1001"
    logger.removeFilter(limit)
