"""What is said of tasks that got no prediction: how many, and why."""

from collections import Counter
from collections.abc import Mapping

import typer

from tandem.cli.command import FAILED
from tandem.terminal import Terminal

Failed = Mapping[int, str] | Mapping[str, str]
"""Why tasks got no prediction, by task."""


def reasons_of(failed: Failed) -> dict[str, int]:
    """Count the tasks without a prediction by the reason, the commonest first."""
    return dict(Counter(failed.values()).most_common())


def say_failures(terminal: Terminal, failed: Failed) -> None:
    """Say how many tasks got no prediction, a line for each reason.

    Args:
        terminal: Where it is said.
        failed: The tasks.
    """
    for reason, count in reasons_of(failed).items():
        task = next(task for task, why in failed.items() if why == reason)
        what = "task got" if count == 1 else "tasks got"
        terminal.say(f"{count} {what} no prediction, such as task {task}: {reason}")


def require_some(terminal: Terminal, predicted: int, failed: Failed) -> None:
    """End with an error where every single task failed.

    Args:
        terminal: Where it is said.
        predicted: Tasks that got a prediction.
        failed: Those that got none.

    Raises:
        typer.Exit: None got one, and some were asked for.
    """
    if failed and not predicted:
        reason, count = next(iter(reasons_of(failed).items()))
        terminal.warn(f"None of {len(failed)} tasks got a prediction; {count} since: {reason}")
        raise typer.Exit(FAILED)
