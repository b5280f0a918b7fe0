"""How commands speak: results on stdout, progress and errors on stderr, one line an error."""

import json as jsons
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.table import Table
from rich.text import Text

from labeling.errors import TandemError
from routing.progress import Progress, silent

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


class Speed(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        """Give the speed, or nothing while it is not known."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "", style="progress.data.speed")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What a command says, for a person or for a script.

    Attributes:
        json: Print one JSON object instead of words.
        out: For results.
        err: For progress and errors.
    """

    json: bool
    out: Console
    err: Console

    def say(self, line: Any) -> None:
        """Print words, or a table, for a person."""
        if not self.json:
            self.out.print(
                line, highlight=False, markup=False, soft_wrap=not isinstance(line, Table)
            )

    def result(self, content: Mapping[str, Any]) -> None:
        """Print the result for a script."""
        if self.json:
            print(jsons.dumps(content, ensure_ascii=False, default=str))

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Draw a bar for each step while the block runs; nothing where nobody watches."""
        if self.json or not self.err.is_terminal:
            yield silent
            return
        bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            Speed(),
            TimeRemainingColumn(),
            console=self.err,
            transient=True,
        )
        steps: dict[str, Any] = {}

        def draw(step: str, done: int, total: int) -> None:
            if step not in steps:
                steps[step] = bars.add_task(step, total=total)
            bars.update(steps[step], completed=done, total=total)

        with bars:
            yield draw


@contextmanager
def speaking(*, json: bool = False, debug: bool = False) -> Iterator[Terminal]:
    """Lend a terminal; end the process with one line where an error comes up.

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
        terminal.result({"error": _sentence(error)})
        if debug:
            raise
        print(f"tandem: {_sentence(error)}", file=sys.stderr)
        raise typer.Exit(FAILED) from error


def _sentence(error: Exception) -> str:
    """Say in one line what went wrong; what nobody foresaw may hold a key, so only its kind."""
    if isinstance(error, TandemError):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return f"The system says: {error.strerror}{place}."
    return (
        f"Something unforeseen went wrong: {type(error).__name__}."
        " Run the command again with --debug, and report what it shows."
    )
