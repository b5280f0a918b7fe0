"""Draws the scoring benchmark: how many times faster than each other way, on a log scale."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_WAYS = (
    ("over_naive", "a plain loop over transformers", "#3b6ea5"),
    ("over_lm_eval", "lm-evaluation-harness", "#d08c2f"),
    ("over_llama_cpp", "llama.cpp's server, 4 bits", "#5b8c5a"),
)
_WIDTH, _LEFT, _BAR, _GAP, _TOP = 760, 190, 13, 16, 62
_DECADES = 3.5


def plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Draw rows of the benchmark as SVG.

    Args:
        rows: Each with `labels`, `prefix`, `items`, `of_limit`, and the ratios, None where not run.
    """
    step = len(_WAYS) * _BAR + _GAP
    height = _TOP + len(rows) * step + 34
    parts = [_legend(), *_scale(height - 34)]
    for number, row in enumerate(rows):
        parts += _bars(row, _TOP + number * step)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#222">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def _x(ratio: float) -> float:
    share = max(0.0, math.log10(ratio)) / _DECADES
    return _LEFT + share * (_WIDTH - _LEFT - 60)


def _legend() -> str:
    title = '<text x="16" y="22" font-size="14">Texts a second: Tandem, in multiples of</text>'
    entries = [
        f'<rect x="{16 + 235 * n}" y="34" width="11" height="11" fill="{colour}"/>'
        f'<text x="{32 + 235 * n}" y="44">{escape(name)}</text>'
        for n, (_, name, colour) in enumerate(_WAYS)
    ]
    return title + "".join(entries)


def _scale(bottom: int) -> list[str]:
    return [
        f'<line x1="{_x(ratio):.1f}" x2="{_x(ratio):.1f}" y1="{_TOP - 6}" y2="{bottom}" '
        f'stroke="#ddd"/><text x="{_x(ratio):.1f}" y="{bottom + 16}" text-anchor="middle">'
        f"{ratio}x</text>"
        for ratio in (1, 10, 100, 1000)
    ]


def _bars(row: Mapping[str, Any], top: int) -> list[str]:
    what = f"{row['labels']} labels, {row['prefix']} + {row['items']}"
    parts = [
        f'<text x="16" y="{top + 16}">{row["labels"]} labels, {row["items"]} texts</text>'
        f'<text x="16" y="{top + 32}" fill="#666">prefix {row["prefix"]}; '
        f"{row['of_limit']:.0%} of the limit</text>"
    ]
    for number, (key, name, colour) in enumerate(_WAYS):
        ratio = row[key]
        if ratio is None:
            continue
        y = top + number * _BAR
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{max(1.0, _x(ratio) - _LEFT):.1f}" '
            f'height="{_BAR - 2}" fill="{colour}"><title>{escape(what)}: {ratio:.1f} times '
            f'{escape(name)}</title></rect><text x="{_x(ratio) + 5:.1f}" y="{y + 10}" '
            f'font-size="11">{ratio:.1f}</text>'
        )
    return parts
