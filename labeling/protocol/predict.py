"""`POST /predict`: tasks go in, a prediction for each comes out."""

from typing import Any, NotRequired

from pydantic import Field
from typing_extensions import TypedDict  # what pydantic reads before Python 3.12

from labeling.protocol.body import Body, ConfigText, ProjectId


class JobStatus(Body):
    """How far a caller is with many tasks, of which each of its requests holds a few.

    Attributes:
        id: Its name, the same in every request.
        done: Tasks that were done before this request.
        total: Tasks of the whole job.
    """

    id: str = Field(max_length=200)
    done: int = Field(ge=0)
    total: int = Field(ge=0)


class PredictRequest(Body):
    """`POST /predict`. Tasks are read one by one, so that one bad task fails for itself.

    Attributes:
        tasks: `{"id", "data"}` each.
        bulk: Whether nobody waits in front of a screen.
        job: What the tasks are part of; None: they are the whole.
    """

    tasks: list[Any]
    label_config: ConfigText
    project: ProjectId = None
    bulk: bool = False
    job: JobStatus | None = None


class TaskResult(TypedDict):
    """What became of one task, as Label Studio takes it.

    `error` says why there is no prediction, and `retry` that only time was lacking. `calibrator`
    stands beside an answer that has no region to carry it.
    """

    result: list[dict[str, Any]]
    score: float
    model_version: NotRequired[str]
    error: NotRequired[str]
    retry: NotRequired[bool]
    calibrator: NotRequired[str]


class PredictResponse(Body):
    """One result per task, in order."""

    results: list[TaskResult]
