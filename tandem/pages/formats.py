"""Numbers, times and texts as a page shows them."""

import re
from datetime import datetime, tzinfo

from markupsafe import Markup, escape

MARKED = re.compile(r"`(?P<code>[^`]+)`|(?P<address>https?://[^\s<>\"'`]*[^\s<>\"'`.,;:)])")
"""Code between backticks, and addresses without the punctuation behind them."""

LONGEST_EXCERPT = 320
"""Characters of an item's text that a page shows."""


def percent(share: float) -> str:
    """Write a share in whole percent, without claiming a certainty that rounding made."""
    if 0.995 <= share < 1:
        return ">99%"
    return "<1%" if 0 < share < 0.005 else f"{share:.0%}"


def rate(share: float) -> str:
    """Write a small share in percent, as precisely as it was said."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + "%"


def points(difference: float) -> str:
    """Write a difference of two shares in percentage points, with its sign."""
    rounded = round(100 * difference)
    sign = "\N{MINUS SIGN}" if rounded < 0 else "+" if rounded > 0 else ""
    return f"{sign}{abs(rounded)}"


def precise(number: float) -> str:
    """Write a score with three decimals."""
    return f"{number:.3f}"


def count(number: int) -> str:
    """Write a count with its thousands apart."""
    return f"{number:,}"


def money(amount: float, currency: str) -> str:
    """Write an amount: a symbol stands before it, a code behind.

    Args:
        amount: How much.
        currency: A symbol or a code.

    Returns:
        The amount with its currency.
    """
    sign = "\N{MINUS SIGN}" if amount < 0 else ""
    figures = f"{abs(amount):,.2f}"
    return f"{sign}{figures} {currency}" if currency.isalpha() else f"{sign}{currency}{figures}"


def hours(time: float) -> str:
    """Write a time in hours, or in minutes where it is short."""
    return f"{time:,.1f} h" if time >= 1 else f"{time * 60:.0f} min"


def excerpt(text: str) -> str:
    """Cut a text to what the page shows."""
    return text if len(text) <= LONGEST_EXCERPT else text[: LONGEST_EXCERPT - 1].rstrip() + "…"


def moment(at: datetime, zone: tzinfo | None = None) -> str:
    """Write a moment by date and time, to the minute.

    Args:
        at: The moment.
        zone: The time zone to write it in; None: its own.

    Returns:
        The moment, with the zone's name.
    """
    at = at.astimezone(zone) if zone else at
    return f"{at.day} {at:%B %Y, %H:%M %Z}"


def marked(text: str, opens: bool = False) -> Markup:
    """Write a sentence with what stands between backticks as code.

    >>> marked("Run `tandem sync`: 2 < 3.")
    Markup('Run <code>tandem sync</code>: 2 &lt; 3.')

    Args:
        text: The sentence.
        opens: Whether an address in it is to be opened by a click.

    Returns:
        The sentence, with all else escaped.
    """
    parts, end = [], 0
    for found in MARKED.finditer(text):
        parts += [escape(text[end : found.start()]), _part(found, opens)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _part(found: re.Match[str], opens: bool) -> Markup:
    if found["code"]:
        return Markup("<code>{}</code>").format(found["code"])
    if not opens:
        return escape(found["address"])
    link = Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>')
    return link.format(found["address"])
