"""The report's charts: small functions that draw numbers as inline SVG.

Colours and fonts come from the page's style sheet by class, so charts follow light, dark and print.
Every chart says in `title` and `desc` what it shows, for those who do not see it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tandem.report.data import Calibration, ConfidenceBin, CurvePoint, Share

WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44
LARGEST_DOT = 8.0


@dataclass(frozen=True, slots=True)
class Axes:
    """The scales of one chart: from values to points of the drawing."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    def x(self, value: float) -> float:
        """Place a value from left to right."""
        share = (value - self.x_low) / (self.x_high - self.x_low)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        """Place a value from bottom to top."""
        share = (value - self.y_low) / (self.y_high - self.y_low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def histogram(bins: Sequence[ConfidenceBin], threshold: float | None) -> Markup:
    """Draw how many predictions have which confidence, by who was to decide them."""
    step = _count_step(max((b.accepted + b.reviewed for b in bins), default=1))
    highest = step * (max((b.accepted + b.reviewed for b in bins), default=1) // step + 1)
    axes = Axes(bins[0].low, 1.0, 0, highest)
    parts = [_grid_y(axes, [(n, f"{n:,}") for n in range(0, highest + 1, step)])]
    for b in bins:
        parts.append(_bar(axes, b, 0, b.accepted, "model", "left to the model"))
        parts.append(_bar(axes, b, b.accepted, b.reviewed, "people", "given to people"))
    parts.append(_ticks_x(axes, _shares(axes.x_low, 1.0)))
    parts.append(_axis_titles("Confidence of the model", "Items"))
    if threshold is not None and axes.x_low <= threshold <= 1:
        parts.append(_mark_x(axes, threshold, f"threshold {threshold:.2f}"))
    accepted, reviewed = sum(b.accepted for b in bins), sum(b.reviewed for b in bins)
    return _svg(
        "histogram",
        "How sure the model is",
        f"Of {accepted + reviewed} predictions {accepted} were left to the model and {reviewed} "
        "given to people.",
        parts,
    )


def reliability(calibration: Calibration) -> Markup:
    """Draw real accuracy against claimed confidence; on the diagonal the model is honest."""
    lowest = min(min(b.confidence, b.low) for b in calibration.bins)
    floor = max(0.0, int(lowest * 10 - 0.001) / 10)
    axes = Axes(floor, 1.0, floor, 1.0)
    most = max(b.count for b in calibration.bins)
    parts = [
        _grid_y(axes, _shares(floor, 1.0)),
        _ticks_x(axes, _shares(floor, 1.0)),
        _axis_titles("Claimed: confidence", "Real: share that was right"),
        _line("diagonal", axes, floor, floor, 1.0, 1.0),
    ]
    for b in calibration.bins:
        parts.append(_line("whisker", axes, b.confidence, b.low, b.confidence, b.high))
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
    return _svg(
        "reliability",
        "Whether the confidence is honest",
        f"On {calibration.checked} checked items the expected calibration error is "
        f"{calibration.ece:.3f}.",
        parts,
    )


def curve(points: Sequence[CurvePoint], automated: float) -> Markup:
    """Draw the model's accuracy against the share of items that it would be left with."""
    shown = points[_steady(points) :]
    lowest = min(p.low for p in shown)
    floor = max(0.0, int(lowest * 10 - 0.001) / 10)
    axes = Axes(0.0, 1.0, floor, 1.0)
    path = _path(axes, [(p.coverage, p.accuracy) for p in shown])
    band = [(p.coverage, p.high) for p in shown] + [(p.coverage, p.low) for p in shown[::-1]]
    parts = [
        _grid_y(axes, _shares(floor, 1.0)),
        _ticks_x(axes, [(t / 5, f"{t * 20}%") for t in range(6)]),
        _axis_titles("Share of items left to the model", "Share that is right"),
        Markup('<polygon class="band" points="{}"/>').format(_path(axes, band)),
        Markup('<polyline class="curve" points="{}"/>').format(path),
    ]
    if automated > 0:
        parts.append(_mark_x(axes, automated, f"now {automated:.0%}"))
    last = shown[-1]
    return _svg(
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


def _svg(name: str, title: str, description: str, parts: Iterable[Markup]) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(WIDTH, HEIGHT, name, name, name, title, name, description, Markup("").join(parts))


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


def _path(axes: Axes, points: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in points)


def _line(kind: str, axes: Axes, x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, axes.x(x1), axes.y(y1), axes.x(x2), axes.y(y2)
    )


def _grid_y(axes: Axes, ticks: Iterable[tuple[float, str]]) -> Markup:
    return Markup("").join(
        _line("grid", axes, axes.x_low, value, axes.x_high, value)
        + Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT - 8, axes.y(value) + 4, text
        )
        for value, text in ticks
    )


def _ticks_x(axes: Axes, ticks: Iterable[tuple[float, str]]) -> Markup:
    return Markup("").join(
        Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            axes.x(value), HEIGHT - BOTTOM + 17, text
        )
        for value, text in ticks
    )


def _axis_titles(below: str, beside: str) -> Markup:
    return Markup(
        '<text class="axis" x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="axis" x="{}" y="{}" text-anchor="middle" transform="rotate(-90 {} {})">'
        "{}</text>"
    ).format(
        (LEFT + WIDTH - RIGHT) / 2,
        HEIGHT - 5,
        below,
        *(12, (TOP + HEIGHT - BOTTOM) / 2) * 2,
        beside,
    )


def _mark_x(axes: Axes, value: float, text: str) -> Markup:
    at = axes.x(value)
    anchor, shift = ("end", -6) if at > WIDTH / 2 else ("start", 6)
    return _line("mark", axes, value, axes.y_low, value, axes.y_high) + Markup(
        '<text class="mark" x="{}" y="{}" text-anchor="{}">{}</text>'
    ).format(at + shift, TOP + 9, anchor, text)


def _shares(low: float, high: float) -> list[tuple[float, str]]:
    step = 0.2 if high - low > 0.6 else 0.1
    count = int((high - low) / step + 1e-9)
    return [(high - step * n, f"{high - step * n:.0%}") for n in range(count + 1)]


def _count_step(highest: int) -> int:
    """Pick a round distance between the lines, so that about four lie below the highest bar."""
    for magnitude in (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000):
        for base in (1, 2, 5):
            if highest / (base * magnitude) <= 5:
                return base * magnitude
    return 10_000_000


def _steady(points: Sequence[CurvePoint]) -> int:
    """Skip the first few points, where a single item makes the curve jump."""
    return min(len(points) - 1, next((i for i, p in enumerate(points) if p.coverage >= 0.05), 0))
