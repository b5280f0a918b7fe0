"""What a check says: that something is well, doubtful or broken, and how that is fixed."""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias, TypeVar

from labeling.errors import TandemError

Value = TypeVar("Value")

Status: TypeAlias = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        status: `fault` where work cannot begin before it is fixed.
        name: What was checked.
        what: What was found, without a full stop.
        where: The file, address or setting that it was found at.
        hint: What the reader can do about it, as an imperative.
    """

    status: Status
    name: str
    what: str
    where: str | None = None
    hint: str | None = None


Check: TypeAlias = Generator[Finding, None, Value]
"""Yields what it finds, and gives what the checks after it need."""


def as_dict(finding: Finding) -> dict[str, str | None]:
    """Return a finding in the form of JSON."""
    return asdict(finding)


def fault_of(name: str, error: TandemError, where: str | None = None) -> Finding:
    """Make an error a finding.

    Args:
        name: What was checked.
        error: What came of it.
        where: In place of the error's own.

    Returns:
        The finding, a fault.
    """
    return Finding("fault", name, error.what, where or error.where, error.hint)


def attempt(name: str, call: Callable[[], Value]) -> Check[Value | None]:
    """Return what a call returns; where it fails, its error as a finding.

    Args:
        name: What is checked.
        call: Makes the check.

    Yields:
        The error, where the call fails.

    Returns:
        What the call returns; None where it fails.
    """
    try:
        return call()
    except TandemError as error:
        yield fault_of(name, error)
        return None
