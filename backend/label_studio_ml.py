"""The same predictor for `label-studio-ml start`: one class, under 1.0.9's and 2.x's signatures.

label-studio-ml makes the class anew per project (1.0.9) or per request (2.x), so the weights live
in one `Backend` for the whole process. It knows no `/learn`: projects are taught through
`tandem serve`, and what they learned is read from the same `data_dir` here.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from label_studio_ml.model import LabelStudioMLBase  # type: ignore[import-not-found]

from backend.application import Backend
from labeling import settings
from labeling.predictions import results_of


@cache
def shared_backend() -> Backend:
    """Give the process's one backend, by `tandem.yaml` and the environment."""
    return Backend(settings.load())


class Tandem(LabelStudioMLBase):  # type: ignore[misc]
    """Predicts as the service does."""

    def predict(
        self,
        tasks: Sequence[Mapping[str, Any]],
        context: Mapping[str, Any] | None = None,  # noqa: ARG002 - part of both signatures
        **kwargs: Any,  # noqa: ARG002 - login and password in 1.0.9
    ) -> list[dict[str, Any]]:
        """Answer tasks: one prediction a task, in order, each with its `model_version`.

        Raises:
            TandemError: No task can be answered; see `Backend.predict`.
        """
        recipe, outcomes = shared_backend().predict(self._project(), self.label_config, tasks)
        results = results_of(recipe.form, outcomes)
        return [{"model_version": recipe.model_version, **result} for result in results]

    def fit(self, *args: Any, **kwargs: Any) -> dict[str, str]:  # noqa: ARG002
        """Change nothing: people's answers arrive through the controller, aggregated."""
        return {}

    def _project(self) -> str | None:
        """Tell the project, which 2.x says and 1.0.9 does not."""
        project = getattr(self, "project_id", None)
        return None if project is None else str(project).partition(".")[0]
