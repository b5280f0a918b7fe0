"""What all commands share: their options, the examples in their help, one line per error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tandem.error_line import error_line
from tandem.terminal import Terminal

FAILED = 1
INTERRUPTED = 130

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", "-s", help="The settings file; default: tandem.yaml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of the command line, with the examples that its help ends with."""

    function: Callable[..., None]
    epilog: str


def command(*examples: str) -> Callable[[Callable[..., None]], Command]:
    """Make a function a command; its docstring is its help.

    Args:
        examples: Command lines that the help shows.
    """
    return lambda function: Command(function, "Examples: " + " · ".join(examples))


def require_some(labelled: int, failed: int) -> None:
    """End the process as one that failed where everything that was tried did.

    Args:
        labelled: How many tasks got a prediction.
        failed: How many did not.

    Raises:
        typer.Exit: None of several did.
    """
    if failed and not labelled:
        raise typer.Exit(FAILED)


@contextmanager
def speaking(*, json: bool = False, debug: bool = False) -> Iterator[Terminal]:
    """Yield a terminal; end the process with one line where an error comes up.

    Args:
        json: Whether the command prints one JSON object instead of words.
        debug: Whether an error shows its traceback.

    Yields:
        The terminal that the command speaks through.

    Raises:
        typer.Exit: With the exit code that says what happened.
    """
    terminal = Terminal(json, Console(), Console(stderr=True))
    try:
        yield terminal
    except (typer.Exit, typer.Abort, BrokenPipeError):
        raise
    except KeyboardInterrupt as error:
        raise typer.Exit(INTERRUPTED) from error
    except Exception as error:
        terminal.result({"error": error_line(error)})
        if debug:
            raise
        print(f"tandem: {error_line(error)}", file=sys.stderr)
        raise typer.Exit(FAILED) from error
