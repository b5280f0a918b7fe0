"""The report's charts of the promise: its evidence, what others would cost, how people differ."""

from collections.abc import Sequence

from markupsafe import Markup

from routing.planning.forecast import Forecast
from tandem.report.drawing import (
    Axes,
    axis_titles,
    count_ticks,
    grid_y,
    line,
    mark_x,
    mark_y,
    svg,
    ticks_x,
    trace,
)
from tandem.report.people import ShareBin
from tandem.report.promise import AuditedPopulation

HEADROOM = 1.25
"""How far above the needed evidence the chart ends."""


def evidence(proof: AuditedPopulation) -> Markup:
    """Draw the evidence against the audits, and the line that it must reach."""
    known = proof.evidence
    top = max(HEADROOM * proof.needed, *(moment.evidence for moment in known))
    across = count_ticks(max(known[-1].audits, 1))
    low = min(0, *(int(moment.evidence) - (moment.evidence < 0) for moment in known))
    axes = Axes(0, across[-1][0], low, top)
    heights = [(value, f"{value}") for value in range(low, int(top) + 1)]
    parts = [
        grid_y(axes, heights[:: 1 + len(heights) // 8]),
        ticks_x(axes, across),
        axis_titles("Audits that people answered", "Evidence, in nats"),
        Markup('<polyline class="curve" points="{}"/>').format(
            trace(axes, [(moment.audits, moment.evidence) for moment in known])
        ),
        _dot(axes, known[-1].audits, known[-1].evidence, "dot", f"{known[-1].evidence:.2f} nats"),
        mark_y(axes, proof.needed, f"certified from {proof.needed:.1f} nats on"),
    ]
    return svg(
        "evidence",
        "How the evidence grew",
        f"After {known[-1].audits} audits the evidence that the promise is kept is "
        f"{known[-1].evidence:.2f} nats; the promise is certified from {proof.needed:.2f} on.",
        parts,
    )


def pareto(forecasts: Sequence[Forecast], promised: float) -> Markup:
    """Draw the human labels that each error rate would ask for, with 90% intervals.

    Args:
        forecasts: What error rates would ask of people, ascending.
        promised: The error rate of the settings.

    Returns:
        The chart, as SVG.
    """
    shown = [one for one in forecasts if one.is_worth or one.error == 0]
    up = count_ticks(max(one.high for one in shown))
    rightmost = max(promised, *(one.error for one in shown))
    axes = Axes(0, rightmost, 0, up[-1][0])
    step = 0.05 if rightmost > 0.1 else 0.02 if rightmost > 0.04 else 0.01
    rates = [(n * step, f"{n * step:.0%}") for n in range(int(rightmost / step + 1e-9) + 1)]
    parts = [
        grid_y(axes, up),
        ticks_x(axes, rates),
        axis_titles("Labels that may be wrong", "Human labels still to come"),
        Markup('<polyline class="curve faint" points="{}"/>').format(
            trace(axes, [(one.error, one.labels) for one in shown])
        ),
        mark_x(axes, promised, f"promised {100 * promised:g}%"),
        *(_forecast(axes, one) for one in shown),
    ]
    alone = next((one.labels for one in shown if one.error == 0), None)
    said = f"; people alone would give {alone:,.0f}" if alone is not None else ""
    return svg(
        "pareto",
        "Human labels against the error rate",
        "Human labels still to come, by the share of the labels that may be wrong: "
        + ", ".join(f"{one.labels:,.0f} at {100 * one.error:g}%" for one in shown if one.error)
        + said,
        parts,
    )


def top_shares(bins: Sequence[ShareBin]) -> Markup:
    """Draw how many items have how clear a majority."""
    ticks = count_ticks(max(b.items for b in bins))
    axes = Axes(bins[0].low, 1.0, 0, ticks[-1][0])
    parts = [grid_y(axes, ticks)]
    for b in bins:
        left, right, top = axes.x(b.low) + 2, axes.x(b.high) - 2, axes.y(b.items)
        parts.append(
            Markup(
                '<rect class="people" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
                "<title>{}</title></rect>"
            ).format(
                left,
                top,
                right - left,
                axes.y(0) - top,
                f"{b.items} items: over {b.low:.0%} up to {b.high:.0%}",
            )
        )
    ends = [(bins[0].low, f"{bins[0].low:.0%}"), *((b.high, f"{b.high:.0%}") for b in bins)]
    parts.append(ticks_x(axes, ends))
    parts.append(axis_titles("Share of the votes for an item's most frequent label", "Items"))
    return svg(
        "shares",
        "How clear people's majorities are",
        "; ".join(f"{b.items} items over {b.low:.0%} up to {b.high:.0%}" for b in bins),
        parts,
    )


def _forecast(axes: Axes, one: Forecast) -> Markup:
    """Draw one error rate's forecast; people alone are certain, and another thing."""
    if one.error == 0:
        return _dot(axes, 0, one.labels, "alone", f"{one.labels:,.0f} by people alone") + Markup(
            '<text class="mark" x="{}" y="{}">{}</text>'
        ).format(axes.x(0) + 10, axes.y(one.labels) - 8, "people alone")
    told = f"{100 * one.error:g}%: {one.labels:,.0f} ({one.low:,.0f} to {one.high:,.0f})"
    whisker = line("whisker", axes, one.error, one.low, one.error, one.high)
    return whisker + _dot(axes, one.error, one.labels, "dot", told)


def _dot(axes: Axes, x: float, y: float, kind: str, meaning: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(
        kind, axes.x(x), axes.y(y), meaning
    )
