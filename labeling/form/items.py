"""Items as strings: a single object's content as it is, several as JSON by the objects' names."""

from collections.abc import Collection, Mapping

from labeling.answers.types import canonical_json, content_of
from labeling.errors import AnswerError, TaskError


def joined(names: Collection[str], strings: Mapping[str, str]) -> str:
    """Write what objects show as one string.

    Args:
        names: All objects of the form.
        strings: What those show that a task has, by their names.

    Returns:
        The string.
    """
    return canonical_json(strings) if len(names) > 1 else next(iter(strings.values()))


def contents_of(names: Collection[str], needed: Collection[str], item: str) -> dict[str, str]:
    """Take an item apart: each object's content, by its name; the reverse of `joined`.

    Args:
        names: All objects of the form, in its order.
        needed: Those that every task has.
        item: The item.

    Returns:
        The contents, in the form's order.

    Raises:
        TaskError: It is no item of these objects.
    """
    if len(names) == 1:
        return dict.fromkeys(names, item)
    try:
        contents = content_of(item)
        return {name: str(contents[name]) for name in names if name in needed or name in contents}
    except (AnswerError, KeyError, TypeError) as error:
        raise TaskError("This is no item of the label config") from error
