"""The chart of a replay: how right each way to label is, by the human labels spent."""

from collections.abc import Sequence

from markupsafe import Markup

from tandem.replay.curves import ReplayCurve
from tandem.replay.replay import Replay
from tandem.report.drawing import (
    Axes,
    axis_titles,
    count_ticks,
    grid_y,
    share_ticks,
    svg,
    ticks_x,
    trace,
)

_FLOOR_STEP = 0.1


def accuracies(replay: Replay) -> Markup:
    """Draw Tandem, people alone by every aggregator and by dynamic overlap, and the model alone."""
    curves = [replay.alone, replay.campaign.curve, *replay.people]
    across = count_ticks(max(one.end.labels for one in curves))
    lowest = min(point.accuracy for one in curves for point in one.points)
    floor = max(0.0, int(lowest / _FLOOR_STEP - 1e-3) * _FLOOR_STEP)
    axes = Axes(0, across[-1][0], floor, 1.0)
    others = [one for one in replay.people if one is not replay.best]
    tandem, start = replay.campaign.curve, replay.alone.end
    parts = [
        grid_y(axes, share_ticks(floor, 1.0)),
        ticks_x(axes, across),
        axis_titles("Human labels", "Share of right labels"),
        *(_line("people-alone faint", axes, one) for one in others),
        _line("people-alone", axes, replay.best),
        _line("curve", axes, tandem),
        _dot(axes, "alone", start.labels, start.accuracy, f"model alone: {start.accuracy:.1%}"),
        _dot(axes, "dot", tandem.end.labels, tandem.end.accuracy, _told(tandem)),
    ]
    return svg(
        "accuracies",
        "How right each way to label is",
        "; ".join([_told(tandem), *(_told(one) for one in _by_accuracy(replay.people))]),
        parts,
    )


def _line(kind: str, axes: Axes, curve: ReplayCurve) -> Markup:
    points = trace(axes, [(one.labels, one.accuracy) for one in curve.points])
    return Markup('<polyline class="{}" points="{}"><title>{}</title></polyline>').format(
        kind, points, _told(curve)
    )


def _dot(axes: Axes, kind: str, labels: int, accuracy: float, meaning: str) -> Markup:
    return Markup('<circle class="{}" cx="{}" cy="{}" r="5"><title>{}</title></circle>').format(
        kind, axes.x(labels), axes.y(accuracy), meaning
    )


def _told(curve: ReplayCurve) -> str:
    return f"{curve.name}: {curve.end.accuracy:.1%} at {curve.end.labels:,} labels"


def _by_accuracy(curves: Sequence[ReplayCurve]) -> list[ReplayCurve]:
    return sorted(curves, key=lambda one: -one.end.accuracy)
