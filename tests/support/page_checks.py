"""What anybody must be able to do with a page: read it, hear it, and use it on a phone."""

from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

CONTRAST = """
() => {
  const light = (value) =>
    value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const pair = [numbers(style.color), behind(element)].map(luminance).sort((a, b) => b - a);
    const contrast = (pair[0] + 0.05) / (pair[1] + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) {
      found.push(`${contrast.toFixed(2)}: ${texts.currentNode.data.trim()}`);
    }
  }
  return found;
}
"""
"""Lists the texts that stand out less from what is behind them than WCAG 2.2 asks (AA)."""

NAMELESS = """
() => [...document.querySelectorAll("a, button, summary, [role=img], [role=region], section")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !one.textContent.trim() && !one.getAttribute("aria-label"))
  .map((one) => one.outerHTML)
"""
"""Lists the elements that nobody who listens to the page can tell from each other."""

LEVELS = "() => [...document.querySelectorAll('h1, h2, h3')].map((one) => Number(one.tagName[1]))"

SMALL = """
() => [...document.querySelectorAll("a.button, summary")]
  .map((one) => one.getBoundingClientRect())
  .filter((box) => box.height && box.height < 24)
  .length
"""
"""Counts what is too small to be met by a finger."""


def barriers(page: Page) -> dict[str, Any]:
    """Return what keeps people from a page, by kind; nothing where there is nothing."""
    levels: list[int] = page.evaluate(LEVELS)
    is_skipped = any(after > before + 1 for before, after in pairwise(levels))
    width, shown = page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
    found = {
        "contrast": page.evaluate(CONTRAST),
        "nameless": page.evaluate(NAMELESS),
        "headings": levels if levels.count(1) != 1 or levels[0] != 1 or is_skipped else None,
        "wider than the window": width - shown if width > shown else None,
        "too small": page.evaluate(SMALL),
        "language": None if page.get_attribute("html", "lang") == "en" else "unknown",
        "untitled": None if page.title() else "no title",
    }
    return {kind: what for kind, what in found.items() if what}
