"""How commands say where a project stands: the sentences, what comes next, and the populations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from routing.standing.standing import Standing
    from tandem.status import ProjectStatus
    from tandem.terminal import Terminal

IN_NUMBERS = (
    "tasks",
    "decisions",
    "undecided",
    "human_labels",
    "human_labels_to_come",
    "votes_owed",
    "forecast",
    "model_version",
    "answers_learned_from",
    "reviewers",
)
"""What of a standing is told as a number too; the rest is told in sentences, where it matters."""


def say_status(terminal: "Terminal", status: "ProjectStatus") -> None:
    """Say where the project stands, where reviewers work, and all the numbers.

    Args:
        terminal: Where it is said.
        status: Where the project stands, and what the backend does.
    """
    from tandem.standing.annotator import annotator_lines
    from tandem.standing.learning import learning_lines
    from tandem.training_progress import training_line

    terminal.say(f"{status.standing.project}: {status.standing.address}")
    say_standing(terminal, status.standing)
    standing = status.standing
    for line in [*learning_lines(standing.learning), *annotator_lines(standing.annotator)]:
        terminal.say(line)
    for name, streams in status.label_streams.items():
        for kind, address in streams.items():
            terminal.say(f"{name}, {kind}: {address}")
    numbers = {
        **{name: getattr(status.standing, name) for name in IN_NUMBERS},
        "spent": _spent(status.standing),
        "backend": status.backend,
        "backend_jobs": [job.model_dump() for job in status.backend_jobs],
        "backend_waiting": status.backend_waiting,
        "backend_training": status.backend_training and training_line(status.backend_training),
    }
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for name, value in numbers.items():
        if value:
            table.add_row(name.replace("_", " "), _in_words(value))
    terminal.say(table)


def say_standing(
    terminal: "Terminal", standing: "Standing", *, is_problem_warned: bool = False
) -> None:
    """Say a sentence a population, what comes next, and what else the admin should know.

    Args:
        terminal: Where it is said.
        standing: Where the project stands.
        is_problem_warned: Whether a warning says what is wrong with the backend.
    """
    from tandem.standing.next_step import next_step
    from tandem.standing.remarks import remarks
    from tandem.standing.sentences import sentences, totals

    for sentence in sentences(standing):
        terminal.say(sentence)
    terminal.say(f"Next: {next_step(standing)}")
    remarked = replace(standing, backend_problem=None) if is_problem_warned else standing
    for remark in remarks(remarked):
        terminal.say(f"Note: {remark}")
    if len(standing.populations) > 1:
        terminal.say(_table(standing))
        terminal.say(totals(standing))


def _spent(standing: "Standing") -> str | None:
    if standing.spend is None:
        return None
    spend = standing.spend
    return f"{spend.currency}{spend.money:.2f}, {spend.hours:.1f} hours of people's work"


def _table(standing: "Standing") -> Table:
    """List every population, the one that holds the most tasks first."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("population", "tasks", "phase", "answered", "may be wrong", "at most wrong"):
        table.add_column(column, overflow="fold")
    for one in standing.populations:
        table.add_row(
            f"{one.number} ({one.group})" if one.group else str(one.number),
            str(one.tasks),
            one.phase,
            f"{one.answered} of {one.asked}",
            f"{one.target_error:.1%}",
            f"{one.audit.bound / one.tasks:.1%}" if one.audit else "unknown",
        )
    return table


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_in_words(one) for one in value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)
