"""What it changes to check people's work: the same replayed campaigns with checks, and without."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from rich.table import Table

from bench.seed_mean import SeedMean, mean_of
from tandem.demo.reviewers import REVIEWERS
from tandem.replay.campaign import ReplayedCampaign

CARELESS = min(REVIEWERS, key=lambda one: one.skill).email
"""The one of the demo's reviewers who is to be found."""


@dataclass(frozen=True, slots=True)
class SeedChecks:
    """What became of checked people in one campaign.

    Attributes:
        controls: Answers to control tasks.
        paused: After how many of their own each person was paused, by name.
        unchecked: The same campaign without checks.
    """

    controls: int
    paused: Mapping[str, int]
    unchecked: ReplayedCampaign


@dataclass(frozen=True, slots=True)
class ChecksResult:
    """The same campaigns with people's work checked, and without.

    Attributes:
        accuracy: Accuracy of Tandem without checks, at its end.
        labels: Human labels that it spent then.
        gain: Accuracy with checks less that without.
        spared: Human labels without checks less those with them, answers to control tasks counted.
        controls: Answers to control tasks.
        careless_paused: Share of the campaigns in which the careless reviewer was paused.
        careless_controls: The median of control tasks that it took; None: they never were.
        others_paused: Others who were paused, a campaign.
    """

    accuracy: float
    labels: float
    gain: SeedMean
    spared: SeedMean
    controls: float
    careless_paused: float
    careless_controls: float | None
    others_paused: float


def checks_of(
    checks: Sequence[SeedChecks], campaigns: Sequence[ReplayedCampaign]
) -> ChecksResult | None:
    """Put together what it changed to check people's work.

    Args:
        checks: What became of people; none: nobody was checked.
        campaigns: The campaigns with checks, in the same order.

    Returns:
        Means over the campaigns.
    """
    if not checks:
        return None
    without = [one.unchecked.curve.end for one in checks]
    ends = [one.curve.end for one in campaigns]
    spent = [end.labels + one.controls for end, one in zip(ends, checks, strict=True)]
    careless = [one.paused[CARELESS] for one in checks if CARELESS in one.paused]
    return ChecksResult(
        accuracy=fmean(one.accuracy for one in without),
        labels=fmean(one.labels for one in without),
        gain=mean_of([a.accuracy - b.accuracy for a, b in zip(ends, without, strict=True)]),
        spared=mean_of([b.labels - a for a, b in zip(spent, without, strict=True)]),
        controls=fmean(one.controls for one in checks),
        careless_paused=len(careless) / len(checks),
        careless_controls=median(careless) if careless else None,
        others_paused=fmean(len(one.paused.keys() - {CARELESS}) for one in checks),
    )


def checks_table(checks: ChecksResult) -> Table:
    """Return what it changed to check people's work as a table."""
    table = Table(
        *("", "without checks", "with checks", "difference"),
        title="Tandem with people's work checked by control tasks, and without",
    )
    for name, before, gain, form in (
        ("accuracy", checks.accuracy, checks.gain, ".4f"),
        ("human labels", checks.labels, _negative(checks.spared), ",.0f"),
    ):
        ends = f"({gain.low:+{form}} to {gain.high:+{form}})"
        table.add_row(
            name, f"{before:{form}}", f"{before + gain.mean:{form}}", f"{gain.mean:+{form}} {ends}"
        )
    found = (
        "never paused"
        if checks.careless_controls is None
        else f"paused in {checks.careless_paused:.0%} of the campaigns, after a median of"
        f" {checks.careless_controls:g} of them"
    )
    table.caption = (
        f"{checks.controls:.0f} of the labels are answers to control tasks; the careless reviewer"
        f" is {found}; of the others {checks.others_paused:.2f} a campaign"
    )
    return table


def _negative(one: SeedMean) -> SeedMean:
    return SeedMean(-one.mean, -one.high, -one.low)
