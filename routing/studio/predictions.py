"""Predictions: imported in bulk, counted, read, and taken away."""

from collections.abc import Iterator, Sequence

import ijson  # type: ignore[import-untyped]
from label_studio_sdk.actions import PrepareParamsRequestRequestSelectedItemsIncluded
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.types.prediction_request import PredictionRequest

from labeling.errors import StudioRefused
from routing.progress import Progress, silent
from routing.studio.connection import Connection
from routing.studio.models import NewPrediction, StudioPrediction
from routing.studio.reading import prediction_of

IMPORT_CHUNK = 10_000
"""Predictions of one call: half a millisecond each, and as much for each task of the project that
has a prediction, since Label Studio counts them all anew at every call."""

IMPORT_SECONDS = 1_800
"""How long a call may take: a project of a million tasks is counted for minutes."""

DELETE_CHUNK = 1_000


class Predictions(Connection):
    """The part of `Studio` that is about predictions."""

    def import_predictions(self, items: Sequence[NewPrediction]) -> int:
        """Store predictions; gives how many.

        Label Studio answers when all of a call are stored, and stores all of a call even if the
        caller is gone by then. Storing is not idempotent: look what is there before you import
        again. `project.model_version` is left as it is.

        Raises:
            StudioRefused: A task is unknown, or Label Studio dropped what is invalid against
                the label config, which it does without a word.
        """
        created = 0
        for start in range(0, len(items), IMPORT_CHUNK):
            chunk = [
                PredictionRequest(
                    task=one.task,
                    result=list(one.result),
                    score=one.score,
                    model_version=one.model_version,
                )
                for one in items[start : start + IMPORT_CHUNK]
            ]
            with self.asking() as api:
                answer = api.projects.import_predictions(
                    id=self.project_id,
                    request=chunk,
                    request_options={"timeout_in_seconds": IMPORT_SECONDS},
                )
            created += answer.created or 0
        if created < len(items):
            raise StudioRefused(
                f"Label Studio stored {created} of {len(items)} predictions",
                where=f"project {self.project_id}",
                hint="Some do not fit the label config: was it changed while the model answered?",
            )
        return created

    def predictions(self) -> Iterator[StudioPrediction]:
        """Read all the project's predictions by one request; 7,000 a second.

        Tasks with their predictions are told 800 a second. Label Studio writes all of the answer
        before it sends any, so ask where it has room for it; here, one is held at a time.

        Yields:
            Predictions, in no order that may be relied on.

        Raises:
            StudioUnreachable: Nothing answers there, or something else than Label Studio does.
            StudioRefused: Label Studio says no.
        """
        with self.asking() as api:
            http = api._client_wrapper.httpx_client
            asked = {"project": self.project_id}
            with http.stream("api/predictions/", method="GET", params=asked) as answer:
                if not answer.is_success:
                    raise ApiError(status_code=answer.status_code, body=answer.read().decode())
                try:
                    for one in ijson.items(
                        ijson.from_iter(answer.iter_bytes()), "item", use_float=True
                    ):
                        yield prediction_of(one)
                except ijson.JSONError as error:
                    raise ValueError("The answer is no list of predictions") from error

    def delete_predictions(self, ids: Sequence[int], progress: Progress = silent) -> None:
        """Delete predictions one after the other; what is gone already is no fault.

        Several at once are a 500 on SQLite: its database is locked. An annotation that came from
        one loses its `parent_prediction`, and a page that shows one can no longer be submitted.

        Args:
            ids: The predictions.
            progress: Told how far it is.
        """
        for done, prediction in enumerate(ids, start=1):
            with self.asking() as api, self.unless_gone():
                api.predictions.delete(id=prediction)
            progress("Old predictions", done, len(ids))

    def clear_predictions(self, tasks: Sequence[int]) -> None:
        """Delete all predictions of the tasks, whatever their version; 200 a second.

        Annotations made from them stay, and lose their `parent_prediction`.
        """
        for start in range(0, len(tasks), DELETE_CHUNK):
            chunk = list(tasks[start : start + DELETE_CHUNK])
            with self.asking() as api:
                api.actions.create(
                    id="delete_tasks_predictions",
                    project=self.project_id,
                    selected_items=PrepareParamsRequestRequestSelectedItemsIncluded.model_validate(
                        {"all": False, "included": chunk}
                    ),
                )
