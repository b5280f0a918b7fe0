"""The ML backend's HTTP client: the controller asks it for predictions, and teaches it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import httpx
import numpy as np
import numpy.typing as npt

from labeling.errors import BackendUnreachable, SettingsError
from labeling.protocol.annotate import AnnotateRequest, AnnotateResponse
from labeling.protocol.connection import SetupRequest, SetupResponse
from labeling.protocol.distill import DistillRequest
from labeling.protocol.embed import EmbedRequest, EmbedResponse, decoded
from labeling.protocol.health import HealthResponse
from labeling.protocol.judge import JudgeRequest, JudgeResponse
from labeling.protocol.learn import LearnRequest, LearnResponse
from labeling.protocol.models import ModelsResponse, UseRequest, UseResponse
from labeling.protocol.predict import JobStatus, PredictRequest, PredictResponse, TaskResult
from labeling.settings.settings import Settings
from routing.model.transport import ANSWERING, BackendTransport, error_of, json_of
from routing.progress import Progress, silent

CHUNK = 64
"""Tasks a call: enough to fill a model's batches, few enough that bars move."""

EMBEDDED_TOGETHER = 500
"""Texts a call for embeddings: a small model on two cores encodes as many within seconds."""

Vector: TypeAlias = npt.NDArray[np.float32]
"""A text's embedding, shape (dims,)."""


class BackendClient(BackendTransport):
    """One ML backend. Every method raises BackendUnreachable, with the cause and a hint."""

    def health(self) -> HealthResponse:
        """Ask how it is; never waits for the model."""
        return self._read(HealthResponse, self._request("GET", "/health", ANSWERING))

    def models(self, project: int | None = None) -> ModelsResponse:
        """Return a project's fitted versions; of no project there are none."""
        query = {} if project is None else {"project": str(project)}
        answer = self._request("GET", "/models", ANSWERING, params=query)
        return self._read(ModelsResponse, answer)

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
        answer = self._request("POST", "/models/use", ANSWERING, json=json_of(body))
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise SettingsError(error_of(answer).removesuffix("."))
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
        answer = self._request("POST", "/setup", ANSWERING, json=json_of(body))
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

    def annotate(self, body: AnnotateRequest) -> AnnotateResponse:
        """Ask the annotator for labels, which are paid for; the time budget's rest says `retry`."""
        answer = self._ask("/annotate", body, AnnotateResponse)
        if len(answer.results) != len(body.texts):
            raise self._unlike(f"{len(answer.results)} labels for {len(body.texts)} texts")
        return answer

    def embed(self, texts: Sequence[str]) -> list[Vector | None] | None:
        """Ask for the embeddings of texts, `EMBEDDED_TOGETHER` a call.

        Args:
            texts: The texts.

        Returns:
            For each, in order, its vector, shape (dims,); None where the backend has none of it.
            None where it has no embedding model.
        """
        vectors: list[Vector | None] = []
        for start in range(0, len(texts), EMBEDDED_TOGETHER):
            part = [*texts[start : start + EMBEDDED_TOGETHER]]
            answer = self._ask("/embed", EmbedRequest(texts=part), EmbedResponse)
            if answer.model is None:
                return None
            if len(answer.vectors) != len(part):
                raise self._unlike(f"{len(answer.vectors)} vectors for {len(part)} texts")
            try:
                vectors += [None if one is None else decoded(one) for one in answer.vectors]
            except ValueError as error:
                raise self._unlike(f"vectors: {error}") from error
        return vectors


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


def _from(job: JobStatus, done: int) -> JobStatus:
    """Return a job of which more is done."""
    return job.model_copy(update={"done": job.done + done})
