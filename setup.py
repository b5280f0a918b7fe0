"""The description on a package index: the README, whose links lead to the repository.

A package index shows the README alone, so a link to `docs/promise.md` would lead nowhere there.
Where `REPOSITORY_URL` names the repository (as `https://github.com/OWNER/NAME`), relative links
become addresses in it; everything else stands in pyproject.toml.
"""

import os
import re
from pathlib import Path

from setuptools import setup

RELATIVE = re.compile(r"(?P<image>!?)\[(?P<words>[^\]]*)\]\((?P<path>(?![a-z]+:|#)[^)\s]+)\)")


def with_addresses(text: str, repository: str, revision: str) -> str:
    """Return a Markdown text with an address in place of each relative link and image.

    Args:
        text: The text.
        repository: The repository's address on the web.
        revision: The tag or branch whose files are meant.

    Returns:
        The text for readers elsewhere.
    """

    def address(found: re.Match[str]) -> str:
        kind = "raw" if found["image"] else "blob"
        target = f"{repository.rstrip('/')}/{kind}/{revision}/{found['path']}"
        return f"{found['image']}[{found['words']}]({target})"

    return RELATIVE.sub(address, text)


def description() -> str:
    """Return the long description, for where this build says that the repository is."""
    text = Path("README.md").read_text(encoding="utf-8")
    repository = os.environ.get("REPOSITORY_URL")
    if not repository:
        return text
    return with_addresses(text, repository, os.environ.get("REPOSITORY_REVISION", "main"))


if __name__ == "__main__":
    setup(long_description=description(), long_description_content_type="text/markdown")
