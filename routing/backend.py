"""The ML backend's HTTP client: the controller asks it for predictions, and teaches it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from labeling.errors import BackendUnreachable
from routing.progress import Progress, silent

CHUNK = 64
"""Tasks a call: enough to fill a model's batches, few enough that bars move."""

TIMEOUT = httpx.Timeout(600.0, connect=5.0)
"""Seconds; a fit, or a chunk on a slow machine, takes minutes."""

LOADING_SECONDS = 600.0
"""How long to go on asking a backend that says that its model is loading."""

LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class LearnReply:
    """What the backend became: its version, and its own report of the fit."""

    model_version: str
    report: Mapping[str, Any]


class BackendClient:
    """One ML backend. Every method raises BackendUnreachable, with the cause and its mend.

    Args:
        url: How the controller reaches it.
        credentials: User and password of Basic auth; None: no auth.
    """

    def __init__(self, url: str, credentials: tuple[str, str] | None = None) -> None:
        self.url = url.rstrip("/")
        self._auth = credentials

    def health(self) -> dict[str, Any]:
        """Ask how it is: `status`, whether the `model` is `loading`, `ready` or `failed`."""
        return self._ask("GET", "/health", holding="status")

    def versions(self, project: int | None = None) -> list[str]:
        """List the model versions that it knows of a project, the one it answers with first."""
        query = {} if project is None else {"project": str(project)}
        return [
            str(one)
            for one in self._ask("GET", "/versions", holding="versions", params=query)["versions"]
        ]

    def version(self, project: int, label_config: str) -> str:
        """Ask which model version would answer now; never waits for the model."""
        body = {"project": str(project), "schema": label_config}
        return str(self._ask("POST", "/setup", holding="model_version", json=body)["model_version"])

    def predict(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        progress: Progress = silent,
    ) -> list[dict[str, Any]]:
        """Ask for predictions, `CHUNK` tasks a call.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            progress: Told after every call.

        Returns:
            One a task, in order: `result`, `score`, `model_version`, and `error` where the task
            could not be answered.
        """
        results: list[dict[str, Any]] = []
        for start in range(0, len(tasks), CHUNK):
            chunk = [dict(task) for task in tasks[start : start + CHUNK]]
            body = {"tasks": chunk, "project": project, "label_config": label_config}
            answers = self._ask("POST", "/predict", holding="results", json=body)["results"]
            if len(answers) != len(chunk):
                raise self._unlike(f"{len(answers)} results for {len(chunk)} tasks")
            results += answers
            progress("Predictions", len(results), len(tasks))
        return results

    def learn(
        self,
        project: int,
        label_config: str,
        instruction: str,
        texts: Sequence[str],
        answers: Sequence[Mapping[str, str]],
    ) -> LearnReply:
        """Replace all that the backend knows of a project; the same again changes nothing.

        Args:
            project: The project.
            label_config: What it asks.
            instruction: What its annotators are told.
            texts: A sample of its texts, labelled or not.
            answers: People's, each a `text` and a `label`, which is a `Candidate.value`.
        """
        body = {
            "project": project,
            "label_config": label_config,
            "instruction": instruction,
            "texts": list(texts),
            "answers": [dict(one) for one in answers],
        }
        reply = self._ask("POST", "/learn", holding="model_version", json=body)
        return LearnReply(str(reply["model_version"]), reply.get("report") or {})

    def _ask(self, method: str, path: str, holding: str, **request: Any) -> dict[str, Any]:
        """Ask, again as long as the model loads; gives an object that holds that name."""
        deadline = time.monotonic() + LOADING_SECONDS
        while True:
            answer = self._request(method, path, **request)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return self._content(answer, holding)
            wait = _retry_after(answer)
            if time.monotonic() + wait > deadline:
                raise BackendUnreachable(
                    f"The backend's model is still loading after {LOADING_SECONDS:.0f} s",
                    where=self.url,
                    mend="Its log and GET /health say what it is doing.",
                )
            time.sleep(wait)

    def _request(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return httpx.request(
                method, f"{self.url}{path}", auth=self._auth, timeout=TIMEOUT, **request
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BackendUnreachable(
                f"The ML backend does not answer: {str(error) or type(error).__name__}",
                where=self.url,
                mend="Start it with `tandem serve`, or set backend.url to its address.",
            ) from error

    def _content(self, answer: httpx.Response, holding: str) -> dict[str, Any]:
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise BackendUnreachable(
                "The ML backend refuses the credentials",
                where=self.url,
                mend="Set BASIC_AUTH_USER and BASIC_AUTH_PASS as the backend has them.",
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
            mend="Set backend.url to the address of `tandem serve`.",
        )


def _retry_after(answer: httpx.Response) -> float:
    told = answer.headers.get("Retry-After", "")
    return min(float(told), LONGEST_WAIT) if told.isdigit() else 1.0
