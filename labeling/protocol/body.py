"""Bodies of JSON, and how a project and a label config are named in them."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def id_of(project: object) -> str | None:
    """Return a project's id, as digits: of `ID.unixts`, as Label Studio says it, `ID`, or a number.

    Returns:
        None where it is none of these.

    Examples:
        >>> id_of("7.1700000000"), id_of(7), id_of("seven")
        ('7', '7', None)
    """
    if isinstance(project, bool) or not isinstance(project, str | int):
        return None
    number = str(project).partition(".")[0]
    return number if number.isascii() and number.isdecimal() and len(number) <= 20 else None


def _project_id(value: object) -> str | None:
    found = id_of(value)
    if found is None and value not in (None, ""):
        raise ValueError("not a project's id")
    return found


def _id_within(project: object) -> str | None:
    return id_of(project.get("id")) if isinstance(project, dict) else None


LONGEST_CONFIG = 4 << 20
"""Characters of a label config; the last ones are kept in memory."""


ConfigText = Annotated[str, Field(max_length=LONGEST_CONFIG)]


ProjectId = Annotated[str | None, BeforeValidator(_project_id)]
"""The project that a caller speaks of; None: of none."""

RequiredProjectId = Annotated[str, BeforeValidator(_project_id)]

ProjectWithin = Annotated[str | None, BeforeValidator(_id_within)]
"""The project in a record of it, as a webhook of Label Studio carries one."""


class Body(BaseModel):
    """A body of JSON: fields that are not known are left out, and types are not guessed."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)


class ErrorResponse(Body):
    """What is wrong, and a hint, in one line."""

    error: str
