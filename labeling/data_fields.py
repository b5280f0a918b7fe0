"""What a task's data say in one of their fields, as text."""

from collections.abc import Mapping
from typing import Any

from labeling.answers.types import canonical_json

SYNTHETIC = "synthetic"
"""Where a task's data say that a model wrote its text; `tandem generate` writes it."""

SYNTHETIC_ID = "synthetic_id"
"""Where the data of such a task say which text it is; `tandem generate --review` writes it."""


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


def is_synthetic(data: Mapping[str, Any]) -> bool:
    """Return whether a task's data say that a model wrote its text.

    Args:
        data: The task's own data; what was imported from a table has texts for truth values.

    Examples:
        >>> is_synthetic({"text": "Well", "synthetic": True}), is_synthetic({"synthetic": "True"})
        (True, True)
        >>> is_synthetic({"text": "Well"}), is_synthetic({"synthetic": False})
        (False, False)
    """
    return (value_in(data, SYNTHETIC) or "").strip().casefold() == "true"
