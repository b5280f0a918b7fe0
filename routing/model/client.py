"""The ML backend's HTTP client: the controller asks it for predictions, and teaches it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

import httpx

from labeling.errors import BackendUnreachable
from routing.progress import Progress, silent

CHUNK = 64
"""Tasks a call: enough to fill a model's batches, few enough that bars move."""

WORKING = httpx.Timeout(600.0, connect=5.0)
"""Seconds for what the model does: a fit, or a chunk on a slow machine, takes minutes."""

TELLING = httpx.Timeout(15.0, connect=5.0)
"""Seconds for what the backend answers without its model."""

LOADING_SECONDS = 600.0
"""How long to go on asking a backend that says that its model is loading, or busy."""

LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """What a call is part of, so that the backend can tell how far the whole is.

    Attributes:
        id: Its name, the same in every call.
        done: Tasks that were done before this call.
        total: Tasks of the whole.
    """

    id: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class LearnReply:
    """What the backend became: its version, and its own report of the fit."""

    model_version: str
    report: Mapping[str, Any]


class Predictor(Protocol):
    """Who predicts many tasks: the backend, or a cluster on which its model runs."""

    def predict_parts(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        part: int,
        progress: Progress,
    ) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """Predict tasks, and give them part by part as they are done, in any order.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            part: Tasks that come out together.
            progress: Told whenever more are done.

        Yields:
            Pairs of a task's place in `tasks` and its result; every place once.
        """


class BackendClient:
    """One ML backend. Every method raises BackendUnreachable, with the cause and a hint.

    Args:
        url: How the controller reaches it.
        credentials: User and password of Basic auth; None: no auth.
    """

    def __init__(self, url: str, credentials: tuple[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._auth = credentials

    def health(self) -> dict[str, Any]:
        """Ask how it is: `status`, whether the `model` is `loading`, `ready` or `failed`."""
        return self._content(self._request("GET", "/health", TELLING), "status")

    def versions(self, project: int | None = None) -> list[str]:
        """List the model versions that it knows of a project, the one it answers with first."""
        query = {} if project is None else {"project": str(project)}
        answer = self._request("GET", "/versions", TELLING, params=query)
        return [str(one) for one in self._content(answer, "versions")["versions"]]

    def version(self, project: int, label_config: str) -> str:
        """Ask which model version would answer now; never waits for the model."""
        body = {"project": str(project), "schema": label_config}
        answer = self._request("POST", "/setup", TELLING, json=body)
        return str(self._content(answer, "model_version")["model_version"])

    def predict(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        progress: Progress = silent,
        job: Job | None = None,
    ) -> list[dict[str, Any]]:
        """Ask for predictions, `CHUNK` tasks a call, as bulk work that people's tasks overtake.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            progress: Told after every call.
            job: What the tasks are part of; None: they are the whole.

        Returns:
            One a task, in order: `result`, `score`, `model_version`, and `error` where the task
            could not be answered.
        """
        results: list[dict[str, Any]] = []
        whole = job or Job(f"project {project}", 0, len(tasks))
        for start in range(0, len(tasks), CHUNK):
            part = replace(whole, done=whole.done + start)
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
    ) -> Iterator[list[tuple[int, dict[str, Any]]]]:
        """Ask for predictions, and give them part by part, in order; see `Predictor`."""
        for start in range(0, len(tasks), part):
            job = Job(f"project {project}", start, len(tasks))
            chunk = tasks[start : start + part]
            results = self.predict(project, label_config, chunk, _within(job, progress), job)
            yield list(enumerate(results, start))

    def _predict_chunk(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        job: Job,
    ) -> list[dict[str, Any]]:
        """Ask for a few predictions; those that the time budget left out are asked for again."""
        results: dict[int, dict[str, Any]] = {}
        while left := [number for number in range(len(tasks)) if number not in results]:
            body = {
                "tasks": [dict(tasks[number]) for number in left],
                "project": project,
                "label_config": label_config,
                "bulk": True,
                "job": asdict(replace(job, done=job.done + len(results))),
            }
            answers = self._ask("/predict", body, "results")["results"]
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

    def learn(
        self,
        project: int,
        label_config: str,
        instruction: str,
        texts: Sequence[str],
        answers: Sequence[Mapping[str, Any]],
        open_texts: Sequence[str] = (),
    ) -> LearnReply:
        """Replace all that the backend knows of a project; the same again changes nothing.

        Args:
            project: The project.
            label_config: What it asks.
            instruction: What its annotators are told.
            texts: A sample of its texts, labelled or not.
            answers: People's, each a `text`, a `label`, which is a `Candidate.value`, and the
                `probability` that it is right.
            open_texts: A sample of its texts that nobody answered yet.
        """
        body = {
            "project": project,
            "label_config": label_config,
            "instruction": instruction,
            "texts": list(texts),
            "answers": [dict(one) for one in answers],
            "open_texts": list(open_texts),
        }
        reply = self._ask("/learn", body, "model_version")
        return LearnReply(str(reply["model_version"]), reply.get("report") or {})

    def _ask(self, path: str, body: Mapping[str, Any], holding: str) -> dict[str, Any]:
        """Ask the model, again while it loads or is busy; gives an object that holds that name."""
        deadline = time.monotonic() + LOADING_SECONDS
        while True:
            answer = self._request("POST", path, WORKING, json=body)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return self._content(answer, holding)
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
        try:
            return httpx.request(
                method, f"{self.url}{path}", auth=self._auth, timeout=timeout, **request
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BackendUnreachable(
                f"The ML backend does not answer: {str(error) or type(error).__name__}",
                where=self.url,
                hint="Start it with `tandem serve`, or set backend.url to its address.",
            ) from error

    def _content(self, answer: httpx.Response, holding: str) -> dict[str, Any]:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise BackendUnreachable(
                "The ML backend refuses the credentials",
                where=self.url,
                hint="Set BASIC_AUTH_USER and BASIC_AUTH_PASS as the backend has them.",
            )
        try:
            content = answer.json()
        except ValueError as error:
            raise self._unlike("no JSON") from error
        if not isinstance(content, dict):
            raise self._unlike("no JSON object")
        if answer.is_error:
            raise BackendUnreachable(
                f"The ML backend answers with an error: {content.get('error', answer.status_code)}",
                where=self.url,
            )
        if holding not in content:
            raise self._unlike(f"no {holding!r}")
        return content

    def _unlike(self, what: str) -> BackendUnreachable:
        return BackendUnreachable(
            f"What answers there is not Tandem's ML backend: {what}",
            where=self.url,
            hint="Set backend.url to the address of `tandem serve`.",
        )


def _within(job: Job, progress: Progress) -> Progress:
    """Tell of a part's progress as of the whole's."""

    def tell(step: str, done: int, total: int) -> None:  # noqa: ARG001 - the part's own total
        progress(step, job.done + done, job.total)

    return tell


def _retry_after(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(float(told), LONGEST_WAIT) if told.isdigit() else 1.0
