"""What the replay benchmark found: Tandem beside people alone, and the table of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from bench.replay_checks import ChecksResult
from bench.seed_mean import SeedMean


@dataclass(frozen=True, slots=True)
class EqualLabels:
    """Tandem and people alone at the same number of labels, in the mean over the seeds.

    Attributes:
        labels: Human labels.
        tandem: Accuracy of Tandem.
        people: Accuracy of people alone, by the best of their ways.
        best: That way.
        difference: Tandem's accuracy less people's.
    """

    labels: float
    tandem: float
    people: float
    best: str
    difference: SeedMean


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """One folder.

    Attributes:
        tandem: Accuracy of Tandem at its end.
        people_at_equal_labels: Accuracy of people alone at as many labels.
        difference: The former less the latter.
        labels: Human labels that Tandem spent, answers to control tasks too.
        model: Accuracy of the model before it learns.
        all_votes: Accuracy of all votes, by the best aggregator.
        all_labels: How many these are.
        best: The best way of people alone at equal labels.
        ways: Accuracy of every way of people alone there.
        course: Both at shares of the labels that Tandem spent.
        certified: Share of the campaigns that ended with a certificate.
        broken: Share of the certified promises that more labels broke than may, by people's word.
        by_model: Share of the items that the model labelled alone.
        checks: What it changed to check people's work; None: nobody was checked.
    """

    folder: str
    seeds: int
    items: int
    tandem: float
    people_at_equal_labels: float
    difference: SeedMean
    labels: float
    model: float
    all_votes: float
    all_labels: float
    best: str
    ways: Mapping[str, float]
    course: Sequence[EqualLabels]
    certified: float
    broken: float
    by_model: float
    checks: ChecksResult | None = None


def table_of(result: ReplayResult) -> Table:
    """Return a folder's result as a table."""
    table = Table(
        "labels",
        "Tandem",
        "people alone",
        "best way",
        "difference",
        title=f"{result.folder}: {result.items} items, {result.seeds} seeds",
    )
    for one in result.course:
        table.add_row(
            f"{one.labels:,.0f}",
            f"{one.tandem:.4f}",
            f"{one.people:.4f}",
            one.best,
            f"{one.difference.mean:+.4f} ({one.difference.low:+.4f} to {one.difference.high:+.4f})",
        )
    table.add_section()
    table.add_row("0", f"{result.model:.4f}", "", "", "the model alone")
    table.add_row(f"{result.all_labels:,.0f}", "", f"{result.all_votes:.4f}", "", "all votes")
    table.caption = (
        f"by the model alone {result.by_model:.0%}, certified {result.certified:.0%}, "
        f"broken promises {result.broken:.0%}"
    )
    return table
