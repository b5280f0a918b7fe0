"""The report's charts of the model: how sure it is, whether that is honest, what it may be left."""

from collections.abc import Sequence

from markupsafe import Markup

from tandem.report.data import CalibrationSummary, ConfidenceBin, CurvePoint, Share
from tandem.report.drawing import (
    Axes,
    axis_titles,
    count_ticks,
    grid_y,
    line,
    mark_x,
    share_ticks,
    svg,
    ticks_x,
    trace,
)

LARGEST_DOT = 8.0


def histogram(bins: Sequence[ConfidenceBin]) -> Markup:
    """Draw how many predictions have which confidence, by who was to decide them."""
    ticks = count_ticks(max((b.accepted + b.reviewed + b.undecided for b in bins), default=1))
    axes = Axes(bins[0].low, 1.0, 0, ticks[-1][0])
    parts = [grid_y(axes, ticks)]
    for b in bins:
        parts.append(_bar(axes, b, 0, b.accepted, "model", "left to the model"))
        parts.append(_bar(axes, b, b.accepted, b.reviewed, "people", "given to people"))
        parts.append(_bar(axes, b, b.accepted + b.reviewed, b.undecided, "open", "not decided yet"))
    parts.append(ticks_x(axes, share_ticks(axes.x_low, 1.0)))
    parts.append(axis_titles("Confidence of the model", "Items"))
    accepted, reviewed = sum(b.accepted for b in bins), sum(b.reviewed for b in bins)
    undecided = sum(b.undecided for b in bins)
    return svg(
        "histogram",
        "How sure the model is",
        f"Of {accepted + reviewed + undecided} predictions {accepted} were left to the model, "
        f"{reviewed} given to people, and {undecided} are not decided yet.",
        parts,
    )


def reliability(calibration: CalibrationSummary) -> Markup:
    """Draw real accuracy against claimed confidence; on the diagonal the model is honest."""
    lowest = min(min(b.confidence, b.low) for b in calibration.bins)
    floor = max(0.0, int(lowest * 10 - 0.001) / 10)
    axes = Axes(floor, 1.0, floor, 1.0)
    most = max(b.count for b in calibration.bins)
    parts = [
        grid_y(axes, share_ticks(floor, 1.0)),
        ticks_x(axes, share_ticks(floor, 1.0)),
        axis_titles("Claimed: confidence", "Real: share that was right"),
        line("diagonal", axes, floor, floor, 1.0, 1.0),
    ]
    for b in calibration.bins:
        parts.append(line("whisker", axes, b.confidence, b.low, b.confidence, b.high))
        size = max(3.5, LARGEST_DOT * (b.count / most) ** 0.5)
        parts.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
                axes.x(b.confidence),
                axes.y(b.accuracy),
                round(size, 1),
                f"{b.count} items: claimed {b.confidence:.0%}, right {b.accuracy:.0%} "
                f"({b.low:.0%} to {b.high:.0%})",
            )
        )
    return svg(
        "reliability",
        "Whether the confidence is honest",
        f"On {calibration.checked} checked items the expected calibration error is "
        f"{calibration.ece:.3f}.",
        parts,
    )


def curve(points: Sequence[CurvePoint], automated: float) -> Markup:
    """Draw the model's accuracy against the share of items that it would be left with.

    Args:
        points: The model's accuracy by coverage.
        automated: Share of the items that the model labelled alone.

    Returns:
        The chart, as SVG.
    """
    shown = points[_steady(points) :]
    lowest = min(p.low for p in shown)
    floor = max(0.0, int(lowest * 10 - 0.001) / 10)
    axes = Axes(0.0, 1.0, floor, 1.0)
    steady = trace(axes, [(p.coverage, p.accuracy) for p in shown])
    band = [(p.coverage, p.high) for p in shown] + [(p.coverage, p.low) for p in shown[::-1]]
    parts = [
        grid_y(axes, share_ticks(floor, 1.0)),
        ticks_x(axes, [(t / 5, f"{t * 20}%") for t in range(6)]),
        axis_titles("Share of items left to the model", "Share that is right"),
        Markup('<polygon class="band" points="{}"/>').format(trace(axes, band)),
        Markup('<polyline class="curve" points="{}"/>').format(steady),
    ]
    if automated > 0:
        parts.append(mark_x(axes, automated, f"now {automated:.0%}"))
    last = shown[-1]
    return svg(
        "automation",
        "Quality against the share automated",
        f"The model would be right on {last.accuracy:.0%} of all items if it labelled "
        f"{last.coverage:.0%} of them.",
        parts,
    )


def interval(share: Share) -> Markup:
    """Draw a share and its interval as a whisker on a line from 0 to 1, as high as a word."""
    return Markup(
        '<svg class="interval" viewBox="0 0 100 12" role="img" aria-label="{}">'
        '<line class="rail" x1="1" x2="99" y1="6" y2="6"/>'
        '<line class="span" x1="{}" x2="{}" y1="6" y2="6"/>'
        '<circle class="dot" cx="{}" cy="6" r="3.5"/></svg>'
    ).format(
        f"{share.value:.0%}, from {share.low:.0%} to {share.high:.0%}",
        *(round(1 + 98 * value, 1) for value in (share.low, share.high, share.value)),
    )


def _bar(
    axes: Axes, place: ConfidenceBin, base: int, count: int, kind: str, meaning: str
) -> Markup:
    if count == 0:
        return Markup("")
    left, right = axes.x(place.low) + 1.5, axes.x(place.high) - 1.5
    top, bottom = axes.y(base + count), axes.y(base)
    return Markup(
        '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">'
        "<title>{}</title></rect>"
    ).format(
        kind,
        left,
        top,
        right - left,
        bottom - top,
        f"{count} {meaning}, confidence {place.low:.2f} to {place.high:.2f}",
    )


def _steady(points: Sequence[CurvePoint]) -> int:
    """Skip the first few points, where a single item makes the curve jump."""
    return min(len(points) - 1, next((i for i, p in enumerate(points) if p.coverage >= 0.05), 0))
