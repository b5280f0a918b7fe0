"""What installed distributions depend on, and under which licences they say that they are."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Protocol

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ONE_LINE = 80
"""Characters up to which the field `License` is a name, and not the licence's whole text."""
STRONG_COPYLEFT = re.compile(r"\b(A?GPL|SSPL)|General Public License", re.IGNORECASE)
WEAK_COPYLEFT = re.compile(r"Lesser|Library", re.IGNORECASE)
"""What tells LGPL's full name; like MPL, it asks for less, and may be depended on."""
NO_LICENCE = "License :: OSI Approved"
"""A classifier that names none."""
TOKENS = re.compile(r"\(|\)|[^\s()]+")


class Metadata(Protocol):
    """What a distribution says of itself."""

    def get_all(self, name: str, /) -> list[Any] | None:
        """Return what it says in a field, once for each time that the field is given."""
        ...


def brought_by(pyproject: Path, extras: Iterable[str]) -> dict[str, Distribution]:
    """Return what an install of a project brings, as far as it is installed here.

    Args:
        pyproject: The project's `pyproject.toml`.
        extras: Extras that are installed with it; what they say of other extras is followed.

    Returns:
        The distributions by name, those that they depend on among them; the project itself is not.
    """
    project = tomllib.loads(pyproject.read_text("utf-8"))["project"]
    optional, own = project["optional-dependencies"], canonicalize_name(project["name"])
    wanted = [Requirement(line) for line in project["dependencies"]]
    wanted += [Requirement(f"{own}[{extra}]") for extra in extras]
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        one = wanted.pop()
        name, asked = canonicalize_name(one.name), frozenset(one.extras)
        if (name, asked) in seen:
            continue
        seen.add((name, asked))
        if name == own:
            wanted += [Requirement(line) for extra in asked for line in optional[extra]]
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        wanted += _needed(found[name], asked)
    return found


def is_strong_copyleft(metadata: Metadata) -> bool:
    """Return whether metadata name a strong copyleft, and leave no other choice.

    Args:
        metadata: A distribution's: `License-Expression` is read as SPDX writes it; where there is
            none, the classifiers, of which any may be chosen; and where there are none either,
            `License`, as far as it is a name.
    """
    if expressions := metadata.get_all("License-Expression"):
        return not _may_be_used(expressions[0])
    classifiers = metadata.get_all("Classifier") or ()
    named = [one for one in classifiers if one.startswith("License :: ") and one != NO_LICENCE]
    if named:
        return all(_is_strong(one) for one in named)
    return any(
        _is_a_name(one) and not _may_be_used(one) for one in metadata.get_all("License") or ()
    )


def _needed(installed: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in installed.requires or ():
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": e}) for e in {"", *extras}):
            yield one


def _is_a_name(licence: str) -> bool:
    return 0 < len(licence.strip()) <= ONE_LINE and "\n" not in licence.strip()


def _is_strong(name: str) -> bool:
    return bool(STRONG_COPYLEFT.search(name)) and not WEAK_COPYLEFT.search(name)


def _may_be_used(expression: str) -> bool:
    """Return whether an SPDX expression can be kept without a strong copyleft."""
    return _any(TOKENS.findall(expression))[0]


def _any(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    may, rest = _all(tokens)
    while rest and rest[0].upper() == "OR":
        other, rest = _all(rest[1:])
        may = may or other
    return may, rest


def _all(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    may, rest = _one(tokens)
    while rest and rest[0].upper() == "AND":
        other, rest = _one(rest[1:])
        may = may and other
    return may, rest


def _one(tokens: Sequence[str]) -> tuple[bool, Sequence[str]]:
    if tokens[0] == "(":
        may, rest = _any(tokens[1:])
        return may, rest[1:]
    words = [tokens[0]]
    for token in tokens[1:]:
        if token in ("(", ")") or token.upper() in ("AND", "OR"):
            break
        words.append(token)
    # An exception, as GCC's runtime has, lets other programs be linked under their own licence.
    excepted = "WITH" in (word.upper() for word in words)
    return excepted or not _is_strong(" ".join(words)), tokens[len(words) :]
