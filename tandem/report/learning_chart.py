"""The report's chart of the learning curve: lessons as they were judged, and what is forecast."""

from itertools import count

from markupsafe import Markup

from aggregation.quality.intervals import wilson
from routing.standing.learning import LearningStanding
from tandem.report.drawing import (
    Axes,
    axis_titles,
    grid_y,
    line,
    mark_x,
    share_ticks,
    svg,
    ticks_x,
    trace,
)

TICKS = 6
"""Numbers of answers below the chart, at most: there is no room for more."""


def learning(standing: LearningStanding) -> Markup:
    """Draw how often the model was right after each lesson, and the curve with its interval.

    Args:
        standing: Where learning stands; its curve is known.

    Returns:
        The chart, as SVG.
    """
    points = [(one.answers, one.error) for one in standing.curve]
    judged = [one for one in standing.lessons if one.answers and one.judged]
    ends = [wilson(one.judged - one.wrong, one.judged) for one in judged]
    lowest = min([1 - error.high for _, error in points] + [one.low for one in ends])
    floor = max(0.0, int(lowest * 10 - 0.001) / 10)
    axes = Axes(points[0][0], points[-1][0], floor, 1.0)
    band = [(x, 1 - error.low) for x, error in points]
    band += [(x, 1 - error.high) for x, error in reversed(points)]
    parts = [
        grid_y(axes, share_ticks(floor, 1.0)),
        ticks_x(axes, _ticks(points[0][0], points[-1][0])),
        axis_titles("Answers that the model learned from", "Share that is right"),
        Markup('<polygon class="band" points="{}"/>').format(trace(axes, band)),
        Markup('<polyline class="curve" points="{}"/>').format(
            trace(axes, [(x, 1 - error.expected) for x, error in points])
        ),
    ]
    last = judged[-1].answers
    parts.append(mark_x(axes, last, f"now {last:,}"))
    for one, end in zip(judged, ends, strict=True):
        right = 1 - one.wrong / one.judged
        parts.append(line("whisker", axes, one.answers, end.low, one.answers, end.high))
        parts.append(
            Markup('<circle class="dot" cx="{}" cy="{}" r="4"><title>{}</title></circle>').format(
                axes.x(one.answers),
                axes.y(right),
                f"{one.answers} answers: {right:.0%} of {one.judged} judged texts right",
            )
        )
    return svg(
        "learning-curve",
        "How the model learns",
        f"After {last} answers the model is expected to be right on"
        f" {1 - dict(points)[last].expected:.0%} of the texts that chance draws, and on"
        f" {1 - points[-1][1].expected:.0%} after {points[-1][0]}.",
        parts,
    )


def _ticks(first: int, last: int) -> list[tuple[float, str]]:
    """Return round numbers of answers, which are read at a glance."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    step = next(one for one in steps if last // one - (first - 1) // one <= TICKS)
    return [(one, f"{one:,}") for one in range(-(-first // step) * step, last + 1, step)]
