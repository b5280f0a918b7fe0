"""How commands say that tasks got no prediction, and when that is an error."""

import typer

from tandem.cli.command import FAILED
from tandem.terminal import Terminal
from tandem.unpredicted import Failed, failure_lines, reasons_of


def say_failures(terminal: Terminal, failed: Failed) -> None:
    """Say how many tasks got no prediction, a line for each reason.

    Args:
        terminal: Where it is said.
        failed: The tasks.
    """
    for line in failure_lines(failed):
        terminal.say(line)


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
