"""The HTTP contract between controller and service: every body, for both sides.

Whoever adds a field adds it here. Label Studio itself posts to `/setup`, `/predict` and `/webhook`,
so fields that are not known are ignored, and a project is read in each form that it writes it in.
See docs/backend.md for what each route does.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from typing_extensions import TypedDict  # what pydantic reads before Python 3.12


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


class Body(BaseModel):
    """A body of JSON: fields that are not known are left out, and types are not guessed."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, populate_by_name=True)


class SetupRequest(Body):
    """`POST /setup`: Label Studio connects a project, or asks for the version."""

    project: ProjectId = None
    label_config: ConfigText = Field(alias="schema")


class SetupResponse(Body):
    """The model version that answers a project now."""

    model_version: str


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


class AnsweredText(Body):
    """One answer of people.

    Attributes:
        label: A `Candidate.value`.
        probability: That it is right, in [0, 1].
        shares: Of each control that asks for an opinion, by its name: the share of people who gave
            each label. The model learns these in place of one answer.
    """

    text: str
    label: str
    probability: float = Field(1.0, ge=0, le=1)
    shares: dict[str, dict[str, Annotated[float, Field(ge=0, le=1)]]] = {}


class LearnRequest(Body):
    """`POST /learn`: everything that a project teaches, in place of all before.

    Attributes:
        instruction: The instruction of its annotators.
        texts: A sample of its texts, labelled or not.
        answers: People's answers.
        open_texts: A sample of its texts that nobody answered yet.
    """

    project: Annotated[str, BeforeValidator(_project_id)]
    label_config: ConfigText
    instruction: str = ""
    texts: list[str] = Field(default=[], max_length=10_000)
    answers: list[AnsweredText] = Field(default=[], max_length=100_000)
    open_texts: list[str] = Field(default=[], max_length=10_000)


class HeldOutPart(Body):
    """What is believed of one control's answer.

    Attributes:
        confidence: Probability that the answer is right, in [0, 1].
        distribution: As in `labeling.predictions.prediction.Part`, without what is hardly possible.
    """

    confidence: float = Field(ge=0, le=1)
    distribution: dict[str, float] = {}


class HeldOutResult(Body):
    """What the service believes of an answered text, by what the other texts' answers teach.

    Attributes:
        answer: The form's answer.
        confidence: Probability that all of it is right, in [0, 1].
        calibrated: Whether people's answers stand behind the confidence.
        parts: What is believed of each control that shows, by its name.
    """

    answer: str
    confidence: float = Field(ge=0, le=1)
    calibrated: bool
    parts: dict[str, HeldOutPart]


class LearnResponse(Body):
    """What the service became.

    Attributes:
        model_version: Its version.
        report: Its own report of the fit.
        held_out: What it believes of each answered text, in the order of the request's answers, by
            fits that did not see the answers to that text; None where it learned nothing from it.
            Empty where it learned from no answer at all.
    """

    model_version: str
    report: Mapping[str, Any] = {}
    held_out: Sequence[HeldOutResult | None] = []


class ProposedLabel(Body):
    """A label that stands, to be judged.

    Attributes:
        text: What the task shows, as in `AnsweredText`.
        label: What stands, in people's words: what a program writes otherwise, such as spans, the
            model would hardly understand.
    """

    text: str
    label: str


class JudgeRequest(Body):
    """`POST /judge`: whether labels fit their texts.

    Attributes:
        labels: What is judged.
        reasons: Whether the model is to say in a sentence, too, what speaks for or against each.
    """

    labels: list[ProposedLabel] = Field(max_length=1_000)
    label_config: ConfigText
    project: ProjectId = None
    reasons: bool = False


class JudgedLabel(TypedDict):
    """What the model says of one label; a key is left out where it says nothing.

    `p_true` is the probability that it gives to *True* against *False* where it is asked whether
    the label is right, `reason` its own sentence. `error` and `retry` are those of `TaskResult`.
    """

    p_true: NotRequired[float]
    reason: NotRequired[str]
    error: NotRequired[str]
    retry: NotRequired[bool]


class JudgeResponse(Body):
    """What a model says of labels.

    Attributes:
        model: Its name.
        results: One per label, in order.
    """

    model: str
    results: list[JudgedLabel]


class VersionsResponse(Body):
    """The model versions that were fitted for a project, the latest first."""

    versions: list[str]


class WebhookRequest(Body):
    """`POST /webhook`: something happened in Label Studio."""

    action: str = Field(max_length=100)
    project: Annotated[str | None, BeforeValidator(_id_within)] = None


class WebhookResponse(Body):
    """A webhook was taken note of."""

    status: str = "noted"
    action: str


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
    jobs: list[JobProgress] = []
    work: Mapping[str, QueueLoad] = {}
    paid: PaidUsage = PaidUsage()
    methods: Mapping[str, str | None] | None = None
    unreadable: Mapping[str, str] = {}
    error: str | None = None
    embedding_error: str | None = None


class ErrorResponse(Body):
    """What is wrong, and a hint, in one line."""

    error: str
