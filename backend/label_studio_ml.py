"""The same predictor for `label-studio-ml start`: one class, under 1.0.9's and 2.x's signatures.

label-studio-ml makes the class anew per `/setup` (1.0.9) or per request (2.x), so the weights live
in one `Backend` for the whole process. It knows no `/learn`: projects are taught through
`tandem serve`, and what they learned is read from the same `data_dir` here.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flask import has_request_context, request
from label_studio_ml.model import LabelStudioMLBase  # type: ignore[import-not-found]

from backend.application import Backend
from labeling.predictions.label_studio_json import results_of
from labeling.protocol.body import id_of
from labeling.settings.load import load
from labeling.studio_path import project_key, studio_id


@cache
def shared_backend() -> Backend:
    """Return the process's one backend, by `tandem.yaml` and the environment."""
    return Backend(load())


class Tandem(LabelStudioMLBase):  # type: ignore[misc]
    """Predicts as the service does."""

    def setup(self) -> None:
        """Set the version that would answer, for 2.x, which calls this on every request.

        Raises:
            TandemError: The project cannot be answered; see `Backend.model_spec`.
        """
        self.set("model_version", shared_backend().model_spec(*self._asked()).model_version)

    def predict(
        self,
        tasks: Sequence[Mapping[str, Any]],
        context: Mapping[str, Any] | None = None,  # noqa: ARG002 - part of both signatures
        **kwargs: Any,  # noqa: ARG002 - login and password in 1.0.9
    ) -> list[dict[str, Any]]:
        """Answer tasks.

        Args:
            tasks: Tasks as Label Studio sends them.
            context: What was drawn; not used.
            kwargs: Login and password in 1.0.9; not used.

        Returns:
            One prediction per task, in order, each with its `model_version`.

        Raises:
            TandemError: No task can be answered; see `Backend.predict`.
        """
        model_spec, outcomes = shared_backend().predict(*self._asked(), tasks)
        results = results_of(model_spec.form, outcomes, tasks, model_spec.model_version)
        return [dict(result) for result in results]

    def fit(self, *args: Any, **kwargs: Any) -> None:
        """Change nothing: people's answers arrive through the controller, aggregated.

        Nothing is returned either, since 1.0.9 makes a new model version of whatever is.
        """

    def _asked(self) -> tuple[str | None, str]:
        """Return the project and the label config that are asked about.

        1.0.9 tells its class no project, and the label config of the latest `/setup`, whichever
        project that was of; the request that is being answered holds both.
        """
        body = request.get_json(silent=True) if has_request_context() else None
        asked = body if isinstance(body, dict) else {}
        project = id_of(asked.get("project")) or id_of(getattr(self, "project_id", None))
        studio = studio_id(shared_backend().settings.studio.url)
        return project_key(project, studio), asked.get("label_config") or self.label_config
