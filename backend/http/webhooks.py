"""Webhooks of Label Studio: counted, since any of it is a reason to look again.

*Start training* is counted by project too: it brings no answers, and asks for a training set, which
the controller sends with its next pass.
"""

import threading

from prometheus_client import Counter

START_TRAINING = "START_TRAINING"
"""The action of the button *Start training*."""

ACTIONS = frozenset(
    {
        "ANNOTATIONS_CREATED",
        "ANNOTATIONS_DELETED",
        "ANNOTATION_CREATED",
        "ANNOTATION_UPDATED",
        "LABEL_LINK_CREATED",
        "LABEL_LINK_DELETED",
        "LABEL_LINK_UPDATED",
        "PROJECT_CREATED",
        "PROJECT_DELETED",
        "PROJECT_UPDATED",
        "REVIEWS_DELETED",
        "REVIEW_CREATED",
        "REVIEW_UPDATED",
        START_TRAINING,
        "TASKS_CREATED",
        "TASKS_DELETED",
    }
)
"""Label Studio's own actions; whatever else is posted is counted as `other`."""


MOST_PROJECTS = 1000
"""Projects whose asking for a training set is counted; those that asked last stay."""


def known_action(action: str) -> str:
    """Return an action of Label Studio's own; `other` for whatever else was posted."""
    return action if action in ACTIONS else "other"


class Events:
    """How many webhooks came since the process started; begins anew with it.

    Args:
        by_action: A counter with the label `action`.
    """

    def __init__(self, by_action: Counter) -> None:
        self._by_action = by_action
        self._lock = threading.Lock()
        self._count = 0
        self._trainings: dict[str, int] = {}
        self._wanted: set[str] = set()

    @property
    def count(self) -> int:
        """Webhooks since the start, whatever their action."""
        with self._lock:
            return self._count

    @property
    def trainings(self) -> dict[str, int]:
        """How often *Start training* was asked for since the start, by project."""
        with self._lock:
            return dict(self._trainings)

    def is_training_wanted(self, project: str | None) -> bool:
        """Return whether a project asked for training since it last taught."""
        with self._lock:
            return project in self._wanted

    def taught(self, project: str) -> None:
        """Note that a project taught what it has to, so that what it asked for is done."""
        with self._lock:
            self._wanted.discard(project)

    def note(self, action: str, project: str | None = None) -> None:
        """Count one webhook, of a project where that is known.

        Args:
            action: Label Studio's name for what happened.
            project: The id of its project; None: not known.
        """
        self._by_action.labels(known_action(action)).inc()
        with self._lock:
            self._count += 1
            if action == START_TRAINING and project is not None:
                self._trainings[project] = self._trainings.pop(project, 0) + 1
                self._wanted.add(project)
                if len(self._trainings) > MOST_PROJECTS:
                    oldest = next(iter(self._trainings))
                    del self._trainings[oldest]
                    self._wanted.discard(oldest)
