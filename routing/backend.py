"""The ML backend's HTTP client: the controller asks it for predictions, and teaches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class LearnReply:
    """What the backend became: its version, and its own report of the fit."""

    model_version: str
    report: Mapping[str, Any]


class BackendClient:
    """One ML backend. Every method raises BackendUnreachable."""

    def __init__(self, url: str, user: str | None = None, password: str | None = None) -> None: ...

    def health(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def versions(self, project: int | None = None) -> list[str]:
        raise NotImplementedError

    def predict(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        progress: Progress = silent,
    ) -> list[dict[str, Any]]:
        raise NotImplementedError

    def learn(
        self,
        project: int,
        label_config: str,
        instruction: str,
        texts: Sequence[str],
        answers: Sequence[Mapping[str, str]],
    ) -> LearnReply:
        """`answers` are {"text", "label"}."""
        raise NotImplementedError
