"""Who predicts many tasks: the backend, or a cluster on which its model runs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from labeling.protocol.predict import TaskResult
from routing.progress import Progress


class Predictor(Protocol):
    """What predicts the tasks of a project, many at a time."""

    def predict_parts(
        self,
        project: int | None,
        label_config: str,
        tasks: Sequence[Mapping[str, Any]],
        part: int,
        progress: Progress,
    ) -> Iterator[list[tuple[int, TaskResult]]]:
        """Predict tasks, and give them part by part as they are done, in any order.

        Args:
            project: Whose learned state answers; None: none's.
            label_config: What is asked.
            tasks: `{"id", "data"}` each.
            part: Tasks that come out together.
            progress: Called whenever more are done.

        Yields:
            Pairs of a task's place in `tasks` and its result; every place once.
        """
