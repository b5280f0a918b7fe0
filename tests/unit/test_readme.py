"""The README's links lead somewhere, in the repository and on a package index."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETUP = runpy.run_path(str(ROOT / "setup.py"), run_name="setup")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_names_a_file(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    relative = [one.partition("#")[0] for one in targets if "://" not in one]
    assert [one for one in relative if one and not (page.parent / one).exists()] == []


def test_a_package_index_gets_no_relative_link() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    there = SETUP["with_addresses"](readme, "https://example.org/tandem/", "v1.0.0")
    assert [one for one in LINK.findall(there) if not one.startswith(("https://", "#"))] == []
    assert "](https://example.org/tandem/raw/v1.0.0/docs/images/pre-label.png)" in there
    assert "](https://example.org/tandem/blob/v1.0.0/docs/promise.md)" in there


def test_addresses_stay_as_they_are() -> None:
    text = "See [it](https://example.org/a.md), [below](#here) and [mail](mailto:a@example.org)."
    assert SETUP["with_addresses"](text, "https://example.org", "main") == text
