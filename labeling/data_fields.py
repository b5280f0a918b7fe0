"""What a task's data say in one of their fields, as text."""

from collections.abc import Mapping
from typing import Any

from labeling.answers.types import canonical_json


def value_in(data: Mapping[str, Any], field: str) -> str | None:
    """Return what a task's data say in a field.

    Args:
        data: The task's own data.
        field: The field's name.

    Returns:
        A text as it is, anything else as JSON; None where the field is missing or null.

    Examples:
        >>> value_in({"language": "de", "page": 7}, "page")
        '7'
    """
    value = data.get(field)
    return value if value is None or isinstance(value, str) else canonical_json(value)
