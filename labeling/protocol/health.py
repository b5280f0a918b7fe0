"""`GET /health`: how the service and its model are."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from labeling.protocol.body import Body
from labeling.protocol.predict import JobStatus


class JobProgress(JobStatus):
    """A job that is not done; `seconds_left` is None while its rate is not known."""

    per_second: float
    seconds_left: int | None


class QueueLoad(Body):
    """The work of one priority.

    Attributes:
        waiting: Requests in the queue.
        waiting_tokens: Their tokens.
        in_flight: Requests that the model has at this moment.
        done: Requests that it answered so far.
        done_tokens: Their tokens.
        refused: Callers that found no room so far.
        per_second: Requests answered a second, over the last minute.
    """

    waiting: int
    waiting_tokens: int
    in_flight: int
    done: int
    done_tokens: int
    refused: int
    per_second: float


class PaidUsage(Body):
    """What was asked of a server that is paid for, since the service started.

    Attributes:
        tokens: Tokens that were used, and those that calls under way may use.
        money: Their price, in the currency of the settings' `server.price_read`.
    """

    tokens: int = 0
    money: float = 0.0


class RunningTraining(Body):
    """The training at hand.

    Attributes:
        project: Whose answers are learned from.
        control: The control that is learned; None: it has not begun.
        learner: Who learns.
        part: The fit at hand: one without each fifth of the answers, and a sixth on all of them.
        done: Which share of all is done, in [0, 1].
        seconds: Since it began.
        seconds_left: As it goes, and no more than the settings leave it.
    """

    project: str
    control: str | None
    learner: str | None
    part: int | None
    done: float
    seconds: int
    seconds_left: int


class TrainingOutcome(Body):
    """What came of a training.

    Attributes:
        project: Whose answers were learned from.
        outcome: `done`, `failed` or `cancelled`.
        why: The learners that were fitted, or why it came to nothing: one line.
        seconds: What it took.
        failed: Why single learners came to nothing, by learner.
    """

    project: str
    outcome: Literal["done", "failed", "cancelled"]
    why: str
    seconds: float
    failed: Mapping[str, str] = {}


class TrainingProgress(Body):
    """What is learned beside serving.

    Attributes:
        running: The training at hand; None: nothing is trained.
        waiting: The projects that are trained next.
        last: What came of the last one; None: none has ended since the process started.
    """

    running: RunningTraining | None = None
    waiting: Sequence[str] = ()
    last: TrainingOutcome | None = None


class HealthResponse(Body):
    """`GET /health`: that the service is there, and how far its model is.

    Attributes:
        status: `UP`.
        model: `loading`, `ready` or `failed`; `error` says why, or what it waits for.
        model_class: What Label Studio shows as the model's class.
        name: The model's name.
        events: Webhooks since the process started.
        trainings: How often *Start training* was asked for, by project.
        embedding: As `model`, or `unloaded`; None where none is set.
        jobs: Jobs that callers named and that are not done.
        work: What waits and what was done, by priority.
        paid: What a server was paid for the model's answers.
        methods: What the engine lacks for each confidence method, None: nothing; None for all
            until the model is loaded.
        unreadable: Why what was learned about a project cannot be read, by project: such a project
            is untaught until it is learned from again.
        training: What is learned beside serving; None: nothing was since the process started.
        error: Why the model is not ready; None: nothing is known to be wrong.
        embedding_error: Why the embedding model is not ready.
    """

    status: str
    model: str | None = None
    model_class: str = ""
    name: str = "the model"
    events: int | None = None
    trainings: Mapping[str, int] = {}
    embedding: str | None = None
    jobs: list[JobProgress] = Field(default=[])
    work: Mapping[str, QueueLoad] = {}
    paid: PaidUsage = PaidUsage()
    methods: Mapping[str, str | None] | None = None
    unreadable: Mapping[str, str] = {}
    training: TrainingProgress | None = None
    error: str | None = None
    embedding_error: str | None = None
