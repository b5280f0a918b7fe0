"""Tasks that got no prediction: how many, and why."""

from collections import Counter
from collections.abc import Mapping
from typing import TypeAlias

Failed: TypeAlias = Mapping[int, str] | Mapping[str, str]
"""Why tasks got no prediction, by task."""


def reasons_of(failed: Failed) -> dict[str, int]:
    """Count the tasks without a prediction by the reason, the commonest first."""
    return dict(Counter(failed.values()).most_common())


def failure_lines(failed: Failed) -> list[str]:
    """Say how many tasks got no prediction, a line for each reason."""
    return [_line(failed, reason, count) for reason, count in reasons_of(failed).items()]


def _line(failed: Failed, reason: str, count: int) -> str:
    task = next(task for task, why in failed.items() if why == reason)
    what = "task got" if count == 1 else "tasks got"
    return f"{count} {what} no prediction, such as task {task}: {reason}"
