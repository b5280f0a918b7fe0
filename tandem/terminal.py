"""How Tandem speaks: words or one JSON object on stdout, progress and errors on stderr."""

import json as jsons
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

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

from routing.progress import Progress, silent

WIDEST = 10_000
"""Characters of a table's line, at most."""


class Speed(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        """Return the speed, or nothing while it is not known."""
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
        """Print words, or a table, for a person; whole, however narrow the terminal is.

        A table is as wide as what stands in it, so that no address is cut or broken in two.
        """
        if self.json:
            return
        if isinstance(line, Table):
            line.width = self.out.measure(
                line, options=self.out.options.update(width=WIDEST)
            ).maximum
        self.out.print(line, highlight=False, markup=False, soft_wrap=True)

    def warn(self, line: str) -> None:
        """Print what is wrong, in one line, where errors go."""
        self.err.print(f"tandem: {line}", style=None, highlight=False, markup=False, soft_wrap=True)

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
