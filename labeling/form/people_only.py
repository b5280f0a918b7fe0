"""A tag of a label config that only people can read or answer, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PeopleOnly:
    """A tag that is left to people.

    Attributes:
        tag: The tag, as Label Studio spells it.
        name: Its name; empty where it has none.
        line: Its line in the label config, from 1.
        why: Why nothing else reads or answers it, to stand behind a colon.
    """

    tag: str
    name: str
    line: int
    why: str

    def __str__(self) -> str:
        name = f" {self.name!r}" if self.name else ""
        return f"{self.tag}{name} (line {self.line})"

    @property
    def reason(self) -> str:
        """The tag, and why it is left to people."""
        return f"{self}: {self.why}"
