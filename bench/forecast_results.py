"""What came of forecasts: campaigns, what was forecast on the way, and both over many campaigns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from rich.table import Table

PHASES = ("start", "pilot", "middle", "freeze", "audits")


@dataclass(frozen=True, slots=True)
class PhaseForecast:
    """One forecast of one campaign, in human labels.

    Attributes:
        came: Labels that came after it.
    """

    expected: float
    low: float
    high: float
    came: int

    @property
    def holds(self) -> bool:
        """Whether the interval held what came; its ends are shown as whole labels."""
        return round(self.low) <= self.came <= round(self.high)


@dataclass(frozen=True, slots=True)
class ForecastCampaign:
    """One campaign.

    Attributes:
        labels: Human labels of the whole campaign.
        forecasts: By phase.
        planned: Audits that were expected at the freeze.
        audits: Audits that were needed.
        planned_share: Share of the tasks that the model was to keep, as planned at the freeze.
        share: Share that it kept.
        is_broken: Whether more of these were wrong than promised.
    """

    world: str
    size: int
    labels: int
    forecasts: dict[str, PhaseForecast]
    planned: int
    audits: int
    planned_share: float
    share: float
    is_broken: bool


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase, over campaigns.

    Attributes:
        campaigns: Those that have it.
        error: Monte Carlo standard error of the coverage.
        width: Mean width of the intervals, as a share of the labels that came in the mean.
        bias: Mean of expected less came, as the same share.
    """

    campaigns: int
    coverage: float
    error: float
    width: float
    bias: float


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """One size of one set of worlds.

    Attributes:
        labels: Mean human labels of a campaign.
        needed_to_planned: Median of the audits needed, as a multiple of the planned ones.
        broken: Share of the campaigns that broke the promise.
    """

    worlds: str
    size: int
    campaigns: int
    labels: float
    phases: dict[str, PhaseResult]
    planned: float
    audits: float
    needed_to_planned: float
    planned_share: float
    share: float
    broken: float


def summaries(campaigns: Sequence[ForecastCampaign]) -> list[ForecastResult]:
    """Summarise campaigns of one size: all of them, and each world alone where there are several.

    Args:
        campaigns: The campaigns.

    Returns:
        The one of all first.
    """
    names = sorted({one.world for one in campaigns})
    each = [[one for one in campaigns if one.world == name] for name in names]
    return [
        _summary("all", campaigns),
        *(_summary(name, some) for name, some in zip(names, each, strict=True) if len(names) > 1),
    ]


def _summary(name: str, campaigns: Sequence[ForecastCampaign]) -> ForecastResult:
    phases = {
        phase: _phase([one.forecasts[phase] for one in campaigns if phase in one.forecasts])
        for phase in PHASES
        if any(phase in one.forecasts for one in campaigns)
    }
    ratios = [one.audits / one.planned for one in campaigns if one.planned]
    return ForecastResult(
        worlds=name,
        size=campaigns[0].size,
        campaigns=len(campaigns),
        labels=_mean(one.labels for one in campaigns),
        phases=phases,
        planned=_mean(one.planned for one in campaigns),
        audits=_mean(one.audits for one in campaigns),
        needed_to_planned=float(np.median(ratios)) if ratios else 1.0,
        planned_share=_mean(one.planned_share for one in campaigns),
        share=_mean(one.share for one in campaigns),
        broken=_mean(one.is_broken for one in campaigns),
    )


def _phase(forecasts: Sequence[PhaseForecast]) -> PhaseResult:
    coverage = _mean(one.holds for one in forecasts)
    came = max(_mean(one.came for one in forecasts), 1e-9)
    return PhaseResult(
        campaigns=len(forecasts),
        coverage=coverage,
        error=float(np.sqrt(coverage * (1 - coverage) / len(forecasts))),
        width=_mean(one.high - one.low for one in forecasts) / came,
        bias=_mean(one.expected - one.came for one in forecasts) / came,
    )


def _mean(numbers: Iterable[float]) -> float:
    return float(np.mean(list(numbers)))


def tables(results: Sequence[ForecastResult]) -> tuple[Table, Table]:
    """Return the results as two tables: the intervals, and the plans at the freeze."""
    intervals = Table(
        *("worlds", "N", "phase", "campaigns", "coverage", "±", "width", "bias"),
        title="Intervals of the labels to come",
    )
    plans = Table(
        *("worlds", "N", "campaigns", "labels", "audits", "planned", "needed/planned"),
        *("kept", "planned", "broken"),
        title="What was planned at the freeze",
    )
    for one in results:
        for name, phase in one.phases.items():
            figures = (phase.coverage, phase.error, phase.width)
            intervals.add_row(
                *(one.worlds, f"{one.size:,}", name, str(phase.campaigns)),
                *(f"{figure:.2f}" for figure in figures),
                f"{phase.bias:+.2f}",
            )
        plans.add_row(
            *(one.worlds, f"{one.size:,}", str(one.campaigns), f"{one.labels:.0f}"),
            *(f"{one.audits:.0f}", f"{one.planned:.0f}", f"{one.needed_to_planned:.2f}"),
            *(f"{one.share:.3f}", f"{one.planned_share:.3f}", f"{one.broken:.3f}"),
        )
    return intervals, plans
