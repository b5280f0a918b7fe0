"""The demo's progress: a bar for each phase, with one line that says what happens in it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import log
from typing import TypeAlias

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from routing.facts.populations import audit_status, promise_of
from routing.ledger.records import DecisionKind, LedgerState, Population


@dataclass(frozen=True, slots=True)
class Phase:
    """How far one phase is.

    Attributes:
        words: Its name, and what happens in it.
        done: What is done of it.
        total: What there is to do of it, as far as is known by now.
        unit: What is counted.
    """

    words: str
    done: int
    total: int
    unit: str

    @property
    def line(self) -> str:
        """The phase in words, where no bar can be drawn."""
        share = f"{self.done}%" if self.is_share else f"{self.done} of {self.total} {self.unit}"
        return f"{self.words}: {share}"

    @property
    def is_share(self) -> bool:
        """Whether a share is told instead of a count."""
        return self.unit == "%"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left of it."""
        return self.done == self.total


Show: TypeAlias = "PhaseBars | PhaseLines"


def phases_of(state: LedgerState) -> list[Phase]:
    """Return the phases that a project has come to, as far as each is.

    Args:
        state: What the ledger knows.

    Returns:
        The phases, in their order: pilot, reviews, and the audits of each population.
    """
    return [
        *_labelling(state, "Pilot: people label a random few, without a hint", {"pilot"}),
        *_labelling(state, "Reviews: people check what the model doubts", {"review", "blind"}),
        *(_audits(state, population) for population in state.populations),
    ]


def _labelling(state: LedgerState, words: str, kinds: Collection[DecisionKind]) -> list[Phase]:
    given = {task for task in state.decisions if state.asked_as(task) in kinds}
    answered = given & {one.task for one in state.annotations if one.kind == "person"}
    return [Phase(words, len(answered), len(given), "texts")] if given else []


def _audits(state: LedgerState, population: Population) -> Phase:
    """Return how far a promise is proved; evidence may also fall, where the model errs."""
    known, promise = audit_status(state, population), promise_of(population)
    proved = 1.0 if population.kept_at else min(known.evidence / log(1 / promise.risk), 1.0)
    words = "Audits: people label texts drawn by lot, until the promise is proved"
    return Phase(words, max(round(100 * proved), 0), 100, "%")


class PhaseBars:
    """Bars on a terminal, one per phase."""

    def __init__(self, bars: Progress) -> None:
        """Make bars of what is drawn already.

        Args:
            bars: Where they are drawn.
        """
        self._bars = bars

    def show(self, phases: Collection[Phase]) -> None:
        """Bring the bars to where the phases are; there may be new ones."""
        for phase, drawn in zip(phases, self._drawn(phases), strict=True):
            self._bars.update(drawn, completed=phase.done, total=phase.total)

    def _drawn(self, phases: Collection[Phase]) -> list[TaskID]:
        for phase in list(phases)[len(self._bars.task_ids) :]:
            self._bars.add_task(phase.words, unit=phase.unit)
        return list(self._bars.task_ids)


class PhaseLines:
    """Lines where nobody watches: one when a phase begins, one when it has ended."""

    def __init__(self, console: Console) -> None:
        """Write to a console.

        Args:
            console: Where the lines go.
        """
        self._console = console
        self._begun = 0
        self._ended = 0

    def show(self, phases: Collection[Phase]) -> None:
        """Say which phases began and ended since the last time."""
        ordered = list(phases)
        for place, phase in enumerate(ordered):
            if place >= self._begun:
                self._console.print(f"{phase.words} …", soft_wrap=True)
            is_over = place < len(ordered) - 1 or (phase.is_share and phase.is_done)
            if is_over and place >= self._ended:
                self._console.print(phase.line, soft_wrap=True)
                self._ended = place + 1
        self._begun = len(ordered)


@contextmanager
def showing_phases(console: Console) -> Iterator[Show]:
    """Yield what shows phases: bars on a terminal, else lines.

    Args:
        console: Where they are shown.

    Yields:
        What is told how far the phases are.
    """
    if not console.is_terminal:
        yield PhaseLines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[unit]}"),
    )
    with Progress(*columns, console=console) as bars:
        yield PhaseBars(bars)
