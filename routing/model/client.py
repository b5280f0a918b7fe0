"""The ML backend's HTTP client: the controller asks it for predictions, and teaches it."""

import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from labeling.errors import BackendUnreachable, SettingsError
from labeling.logs.request_id import HEADER
from labeling.protocol.body import Body, ErrorResponse
from labeling.protocol.connection import SetupRequest, SetupResponse
from labeling.protocol.distill import DistillRequest
from labeling.protocol.health import HealthResponse
from labeling.protocol.judge import JudgeRequest, JudgeResponse
from labeling.protocol.learn import LearnRequest, LearnResponse
from labeling.protocol.models import ModelsResponse, ModelVersion, UseRequest, UseResponse
from labeling.protocol.predict import JobStatus, PredictRequest, PredictResponse, TaskResult
from labeling.settings.settings import Settings
from labeling.studio_path import path_of, without_studio
from routing.progress import Progress, silent
from routing.web_failures import WebFailure, address_led_to, failure_of, leads_elsewhere

CHUNK = 64
"""Tasks a call: enough to fill a model's batches, few enough that bars move."""

WORKING = httpx.Timeout(600.0, connect=5.0)
"""Seconds for what the model does: a fit, or a chunk on a slow machine, takes minutes."""

ANSWERING = httpx.Timeout(15.0, connect=5.0)
"""Seconds for what the backend answers without its model."""

LOADING_SECONDS = 600.0
"""How long to go on asking a backend that says that its model is loading, or busy."""

LONGEST_WAIT = 60.0
"""Seconds after which it is asked again, however much longer it asks for."""

ResponseT = TypeVar("ResponseT", bound=Body)


class BackendClient:
    """One ML backend. Every method raises BackendUnreachable, with the cause and a hint.

    Args:
        url: How the controller reaches it.
        credentials: User and password of Basic auth; None: no auth.
        studio_url: The address of the Label Studio whose projects it is asked about; None: the
            backend knows projects by their numbers alone.

    Attributes:
        request_id: What all requests are sent under, as `X-Request-ID`, so that the backend's log
            tells whose they were; a pass sets its own.
        requests: How many requests were made.
    """

    def __init__(
        self,
        url: str,
        credentials: tuple[str, str] | None = None,
        studio_url: str | None = None,
    ) -> None:
        self.url = url.rstrip("/")
        self.request_id = uuid4().hex
        self.requests = 0
        self._auth = credentials
        self._base = self.url + (path_of(studio_url) if studio_url else "")

    def health(self) -> HealthResponse:
        """Ask how it is; never waits for the model."""
        return self._read(HealthResponse, self._request("GET", "/health", ANSWERING))

    def models(self, project: int | None = None) -> list[ModelVersion]:
        """Return a project's fitted versions: the one in force first, then the latest first."""
        query = {} if project is None else {"project": str(project)}
        answer = self._request("GET", "/models", ANSWERING, params=query)
        return [*self._read(ModelsResponse, answer).models]

    def use(self, project: int, label_config: str, name: str) -> UseResponse:
        """Put a known version in force, which answers from now on.

        Args:
            project: Whose it is.
            label_config: What is asked now.
            name: The version.

        Returns:
            What is in force now, and was before.

        Raises:
            SettingsError: The version is unknown, or does not apply to what is asked now.
        """
        body = UseRequest(project=str(project), label_config=label_config, name=name)
        answer = self._request("POST", "/models/use", ANSWERING, json=_json(body))
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise SettingsError(_error_of(answer).removesuffix("."))
        return self._read(UseResponse, answer)

    def version(self, project: int, label_config: str) -> str:
        """Ask which model version would answer now; never waits for the model.

        Args:
            project: Whose learned state answers.
            label_config: What is asked.

        Returns:
            The model version.
        """
        return self.setup(project, label_config).model_version

    def setup(self, project: int, label_config: str) -> SetupResponse:
        """Ask how a project would be answered now; never waits for the model.

        Args:
            project: Whose learned state answers.
            label_config: What is asked.

        Returns:
            The model version, and whether training is wanted.
        """
        body = SetupRequest(project=str(project), label_config=label_config)
        answer = self._request("POST", "/setup", ANSWERING, json=_json(body))
        return self._read(SetupResponse, answer)

    def predict(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        progress: Progress = silent,
        job: JobStatus | None = None,
    ) -> list[TaskResult]:
        """Ask for predictions, `CHUNK` tasks a call, as bulk work that people's tasks overtake.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            progress: Called after every request.
            job: What the tasks are part of; None: they are the whole.

        Returns:
            One per task, in order; with `error` where the task could not be answered.
        """
        results: list[TaskResult] = []
        whole = job or JobStatus(id=f"project {project}", done=0, total=len(tasks))
        for start in range(0, len(tasks), CHUNK):
            part = _from(whole, start)
            chunk = tasks[start : start + CHUNK]
            results += self._predict_chunk(project, label_config, chunk, part)
            progress("Predictions", len(results), len(tasks))
        return results

    def predict_parts(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        part: int,
        progress: Progress = silent,
    ) -> Iterator[list[tuple[int, TaskResult]]]:
        """Ask for predictions, and give them part by part, in order; see `Predictor`."""
        for start in range(0, len(tasks), part):
            job = JobStatus(id=f"project {project}", done=start, total=len(tasks))
            chunk = tasks[start : start + part]
            results = self.predict(project, label_config, chunk, _within(job, progress), job)
            yield list(enumerate(results, start))

    def _predict_chunk(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        job: JobStatus,
    ) -> list[TaskResult]:
        """Ask for a few predictions; those that the time budget left out are asked for again."""
        results: dict[int, TaskResult] = {}
        while left := [number for number in range(len(tasks)) if number not in results]:
            body = PredictRequest(
                tasks=[dict(tasks[number]) for number in left],
                project=None if project is None else str(project),
                label_config=label_config,
                bulk=True,
                job=_from(job, len(results)),
            )
            answers = self._ask("/predict", body, PredictResponse).results
            if len(answers) != len(left):
                raise self._unlike(f"{len(answers)} results for {len(left)} tasks")
            answered = [pair for pair in zip(left, answers, strict=True) if "retry" not in pair[1]]
            if not answered:
                raise BackendUnreachable(
                    "The ML backend answered none of its texts in its time budget",
                    where=self.url,
                    hint="Raise backend.predict_budget, or ask it less at once.",
                )
            results.update(answered)
        return [results[number] for number in range(len(tasks))]

    def learn(self, body: LearnRequest) -> LearnResponse:
        """Teach the backend all that a project knows; the same again changes nothing."""
        answer = self._ask("/learn", body, LearnResponse)
        if len(answer.held_out) not in (0, len(body.answers)):
            raise self._unlike(f"{len(answer.held_out)} beliefs for {len(body.answers)} answers")
        return answer

    def distil(self, body: DistillRequest) -> bytes:
        """Have a student made, and return its folder, a ZIP archive."""
        answer = self._answer_of("/distill", body)
        self._require_success(answer)
        return answer.content

    def judge(self, body: JudgeRequest) -> JudgeResponse:
        """Ask the model about labels; what the time budget left out says `retry`."""
        answer = self._ask("/judge", body, JudgeResponse)
        if len(answer.results) != len(body.labels):
            raise self._unlike(f"{len(answer.results)} results for {len(body.labels)} labels")
        return answer

    def _ask(self, path: str, body: Body, response: type[ResponseT]) -> ResponseT:
        """Ask the model, again while it loads or is busy."""
        return self._read(response, self._answer_of(path, body))

    def _answer_of(self, path: str, body: Body) -> httpx.Response:
        """Return what the model answers, be it an error, once it neither loads nor is busy."""
        deadline = time.monotonic() + LOADING_SECONDS
        while True:
            answer = self._request("POST", path, WORKING, json=_json(body))
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            wait = _retry_after(answer)
            if time.monotonic() + wait > deadline:
                raise BackendUnreachable(
                    f"The backend's model is still loading or busy after {LOADING_SECONDS:.0f} s",
                    where=self.url,
                    hint="Its log and GET /health say what it is doing.",
                )
            time.sleep(wait)

    def _request(
        self, method: str, path: str, timeout: httpx.Timeout, **request: Any
    ) -> httpx.Response:
        self.requests += 1
        try:
            answer = httpx.request(
                method,
                f"{self._base}{path}",
                auth=self._auth,
                timeout=timeout,
                verify=self._tls,
                headers={HEADER: self.request_id},
                **request,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._absent(failure_of(error, "backend.url")) from error
        if address := address_led_to(answer, self._base):
            raise self._absent(leads_elsewhere(without_studio(address), self.url, "backend.url"))
        return answer

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """What TLS is checked by; reading all authorities takes longer than a short request."""
        return httpx.create_ssl_context()

    def _absent(self, failure: WebFailure) -> BackendUnreachable:
        return BackendUnreachable(
            f"The ML backend does not answer: {failure.what}",
            where=self.url,
            hint=failure.hint or "Start it with `tandem serve`, or set backend.url to its address.",
        )

    def _require_success(self, answer: httpx.Response) -> None:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise BackendUnreachable(
                "The ML backend refuses the credentials",
                where=self.url,
                hint="Set BASIC_AUTH_USER and BASIC_AUTH_PASS as the backend has them.",
            )
        if answer.is_error:
            raise BackendUnreachable(
                f"The ML backend answers with an error: {_error_of(answer)}", where=self.url
            )

    def _read(self, response: type[ResponseT], answer: httpx.Response) -> ResponseT:
        self._require_success(answer)
        try:
            return response.model_validate_json(answer.content)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise self._unlike(f"{place}: {first['msg']}" if place else "no JSON object") from error

    def _unlike(self, what: str) -> BackendUnreachable:
        return BackendUnreachable(
            f"What answers there is not Tandem's ML backend: {what}",
            where=self.url,
            hint="Set backend.url to the address of `tandem serve`.",
        )


def client_of(settings: Settings) -> BackendClient:
    """Return the client of the settings' backend, for the projects of their Label Studio."""
    return BackendClient(
        settings.backend.url, settings.backend.credentials, studio_url=settings.studio.url
    )


def _within(job: JobStatus, progress: Progress) -> Progress:
    """Return a progress that counts a part as part of the whole."""

    def report(step: str, done: int, total: int) -> None:  # noqa: ARG001 - the part's own total
        progress(step, job.done + done, job.total)

    return report


def _retry_after(answer: httpx.Response) -> float:
    stated = answer.headers.get("Retry-After", "")
    return min(float(stated), LONGEST_WAIT) if stated.isdigit() else 1.0


def _json(body: BaseModel) -> dict[str, Any]:
    return body.model_dump(mode="json", by_alias=True)


def _from(job: JobStatus, done: int) -> JobStatus:
    """Return a job of which more is done."""
    return job.model_copy(update={"done": job.done + done})


def _error_of(answer: httpx.Response) -> str:
    try:
        return ErrorResponse.model_validate_json(answer.content).error
    except ValidationError:
        return str(answer.status_code)
