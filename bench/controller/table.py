"""The measured costs, for people."""

from collections.abc import Sequence

from rich.table import Table

from bench.controller.costs import PhaseCost
from bench.controller.growth import Growth

MOST_KINDS = 4


def line(one: PhaseCost) -> str:
    """Return what a phase took in one line, with the requests that it sent most."""
    ratio = "" if one.ratio is None else f", {one.ratio:.2f} of raw"
    kinds = [f"{number} {kind}" for kind, number in list(one.kinds.items())[:MOST_KINDS]]
    return (
        f"{one.tasks:>9,} {one.studio:<8} {one.phase:<24} {one.wall_seconds:7.2f} s{ratio}"
        f" · CPU {one.cpu_seconds:.2f} s, Label Studio's {one.studio_cpu_seconds:.2f} s"
        f" · {one.peak_mb:.0f} MB, ledger {one.ledger_mb:.1f} MB"
        f" · {one.predictions} predictions · {one.requests} requests: {', '.join(kinds)}"
    )


def growth_table(rows: Sequence[Growth]) -> Table:
    """Return how each phase grows."""
    table = Table(
        *("Label Studio", "phase", "tasks", "to", "wall", "CPU", "MB"),
        title="Growth: exponents of the number of tasks",
    )
    for one in rows:
        table.add_row(
            one.studio,
            one.phase,
            f"{one.tasks:,}",
            f"{one.to_tasks:,}",
            *(f"{value:.2f}" for value in (one.wall, one.cpu, one.peak)),
        )
    return table
