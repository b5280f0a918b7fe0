"""A group of tasks that a promise of its own is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TaskGroup:
    """The tasks that say the same in a field of their data.

    Attributes:
        field: The field.
        value: What they say in it; None: they have no such field.

    Examples:
        >>> str(TaskGroup("language", "de")), str(TaskGroup("language", None))
        ('language: de', 'language: not stated')
    """

    field: str
    value: str | None

    def __str__(self) -> str:
        """Return what the group is called."""
        return f"{self.field}: {'not stated' if self.value is None else self.value}"
