"""What the tasks' data says in a field that somebody named."""

from collections.abc import Mapping

from labeling.data_fields import value_in
from labeling.errors import SettingsError
from labeling.suggestion import closest

Data = Mapping[int, Mapping[str, object]]
"""Tasks' own data."""


def values_of(data: Data, field: str, option: str) -> Mapping[int, str]:
    """Return what each task has in a field, as text; tasks without it are left out.

    Args:
        data: Each task's own data.
        field: The field's name.
        option: The option that it was named with, for the message.

    Returns:
        The values, by task.

    Raises:
        SettingsError: No task has such a field.
    """
    values = {
        task: value for task, own in data.items() if (value := value_in(own, field)) is not None
    }
    if not values:
        known = list(dict.fromkeys(name for own in data.values() for name in own))
        meant = closest(field, known)
        raise SettingsError(
            f"No task has the field {field!r} in its data",
            where=option,
            hint=f"Did you mean {meant}?" if meant else f"Name one of: {', '.join(known)}.",
        )
    return values
