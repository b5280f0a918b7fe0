"""The bodies of requests: what Label Studio and the controller send, checked."""

from typing import Annotated, Any, TypeVar

from flask import Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from werkzeug.exceptions import BadRequest

from backend.runtime.priority_queue import Priority
from labeling.errors import TandemError

INTERACTIVE_TASKS = 4
"""Tasks of a `/predict` up to which a person may wait for it: Label Studio asks for one."""

Body = TypeVar("Body", bound=BaseModel)


class BadBody(TandemError):
    """A request's body is not what the route takes."""


def id_of(project: object) -> str | None:
    """Read a project's id, as digits: from `ID.unixts`, as Label Studio says it, `ID`, or a number.

    Returns:
        None where it is none of these.
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


ProjectId = Annotated[str | None, BeforeValidator(_project_id)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class Setup(_Body):
    """`POST /setup`: Label Studio connects a project, or asks for the version."""

    project: ProjectId = None
    label_config: str = Field(alias="schema")


class JobBody(_Body):
    """How far a caller is with many tasks; see `backend.http.jobs.Job`."""

    id: str = Field(max_length=200)
    done: int = Field(ge=0)
    total: int = Field(ge=0)


class Predict(_Body):
    """`POST /predict`. Tasks are read one by one, so that one bad task fails for itself."""

    tasks: list[Any]
    label_config: str
    project: ProjectId = None
    bulk: bool = False
    job: JobBody | None = None

    @property
    def kind(self) -> Priority:
        """What the tasks are for; many are bulk work even if they do not say so."""
        is_bulk = self.bulk or len(self.tasks) > INTERACTIVE_TASKS
        return Priority.BULK if is_bulk else Priority.INTERACTIVE


class PersonsAnswer(_Body):
    """One answer of people: `label` is what Label Studio stores, right with `probability`."""

    text: str
    label: str
    probability: float = Field(1.0, ge=0, le=1)


class Learn(_Body):
    """`POST /learn`: everything that a project teaches, in place of all before."""

    project: Annotated[str, BeforeValidator(_project_id)]
    label_config: str
    instruction: str = ""
    texts: list[str] = Field(default=[], max_length=10_000)
    answers: list[PersonsAnswer] = Field(default=[], max_length=100_000)
    open_texts: list[str] = Field(default=[], max_length=10_000)


class Webhook(_Body):
    """`POST /webhook`: something happened in Label Studio."""

    action: str = Field(max_length=100)
    project: Annotated[str | None, BeforeValidator(_id_within)] = None


def read(kind: type[Body], request: Request) -> Body:
    """Read a request's JSON body.

    Raises:
        BadBody: It is no JSON, or not of that kind.
    """
    try:
        content = request.get_json(force=True)
    except RecursionError as error:
        raise BadBody("The body is nested too deeply") from error
    except (ValueError, BadRequest) as error:
        raise BadBody("The body is no JSON") from error
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "body"
        raise BadBody(f"{place}: {first['msg']}", hint="See docs/backend.md.") from error
