"""Drawing: the scales and the parts that every chart is made of, as inline SVG.

Colours and fonts come from the page's style sheet by class, so charts follow light, dark and print.
Every chart says in `title` and `desc` what it shows, for those who do not see it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 520, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 16, 44


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


def svg(name: str, title: str, description: str, parts: Iterable[Markup]) -> Markup:
    """Draw a chart of its parts.

    Args:
        name: Tells it from the others of the page.
        title: What it shows.
        description: What it shows, for who cannot see it.
        parts: Its elements, as SVG.

    Returns:
        The chart, as SVG.
    """
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>'
    ).format(WIDTH, HEIGHT, name, name, name, title, name, description, Markup("").join(parts))


def trace(axes: Axes, points: Iterable[tuple[float, float]]) -> str:
    """Write points as what `polyline` and `polygon` go through.

    Args:
        axes: The axes.
        points: Pairs of x and y.

    Returns:
        The attribute `points`.
    """
    return " ".join(f"{axes.x(x)},{axes.y(y)}" for x, y in points)


def line(kind: str, axes: Axes, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """Draw a straight line between two points.

    Args:
        kind: Its class.
        axes: The axes.
        x1: Where it begins.
        y1: Where it begins.
        x2: Where it ends.
        y2: Where it ends.

    Returns:
        The element.
    """
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, axes.x(x1), axes.y(y1), axes.x(x2), axes.y(y2)
    )


def grid_y(axes: Axes, ticks: Iterable[tuple[float, str]]) -> Markup:
    """Draw a line across at each value, with its text beside it.

    Args:
        axes: The axes.
        ticks: Values with their texts.

    Returns:
        The elements.
    """
    return Markup("").join(
        line("grid", axes, axes.x_low, value, axes.x_high, value)
        + Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT - 8, axes.y(value) + 4, text
        )
        for value, text in ticks
    )


def ticks_x(axes: Axes, ticks: Iterable[tuple[float, str]]) -> Markup:
    """Write the text of each value below the chart.

    Args:
        axes: The axes.
        ticks: Values with their texts.

    Returns:
        The elements.
    """
    return Markup("").join(
        Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            axes.x(value), HEIGHT - BOTTOM + 17, text
        )
        for value, text in ticks
    )


def axis_titles(below: str, beside: str) -> Markup:
    """Write what the two axes count.

    Args:
        below: What the x axis counts.
        beside: What the y axis counts.

    Returns:
        The elements.
    """
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


def mark_x(axes: Axes, value: float, text: str) -> Markup:
    """Mark a value of the x axis by a line and a word.

    Args:
        axes: The axes.
        value: Where it stands.
        text: The word.

    Returns:
        The elements.
    """
    at = axes.x(value)
    anchor, shift = ("end", -6) if at > WIDTH / 2 else ("start", 6)
    return line("mark", axes, value, axes.y_low, value, axes.y_high) + Markup(
        '<text class="mark" x="{}" y="{}" text-anchor="{}">{}</text>'
    ).format(at + shift, TOP + 9, anchor, text)


def mark_y(axes: Axes, value: float, text: str) -> Markup:
    """Mark a value of the y axis by a line and a word.

    Args:
        axes: The axes.
        value: Where it stands.
        text: The word.

    Returns:
        The elements.
    """
    return line("mark", axes, axes.x_low, value, axes.x_high, value) + Markup(
        '<text class="mark" x="{}" y="{}">{}</text>'
    ).format(LEFT + 6, axes.y(value) - 7, text)


def share_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Pick round shares between two ends, with their texts.

    Args:
        low: The lower end, in [0, 1].
        high: The upper end, in [0, 1].

    Returns:
        The shares with their texts, ascending.
    """
    step = 0.2 if high - low > 0.6 else 0.1
    count = int((high - low) / step + 1e-9)
    return [(high - step * n, f"{high - step * n:.0%}") for n in range(count + 1)]


def count_ticks(highest: float) -> list[tuple[int, str]]:
    """Pick round counts from 0 to beyond the highest, with their texts."""
    step = _count_step(highest)
    return [(n, f"{n:,}") for n in range(0, step * (int(highest) // step + 1) + 1, step)]


def _count_step(highest: float) -> int:
    """Pick a round distance between the lines, so that about four lie below the highest bar."""
    for magnitude in (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000):
        for base in (1, 2, 5):
            if highest / (base * magnitude) <= 5:
                return base * magnitude
    return 10_000_000
