"""What Label Studio tells of by webhook: counted, since any of it is a reason to look again."""

import threading

from prometheus_client import Counter

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
        "START_TRAINING",
        "TASKS_CREATED",
        "TASKS_DELETED",
    }
)
"""Label Studio's own actions; whatever else is posted is counted as `other`."""


class Events:
    """How many webhooks came since the process started; begins anew with it.

    Args:
        by_action: A counter with the label `action`.
    """

    def __init__(self, by_action: Counter) -> None:
        self._by_action = by_action
        self._lock = threading.Lock()
        self._count = 0

    @property
    def count(self) -> int:
        """Webhooks since the start, whatever they told of."""
        with self._lock:
            return self._count

    def note(self, action: str) -> None:
        """Count one webhook."""
        self._by_action.labels(action if action in ACTIONS else "other").inc()
        with self._lock:
            self._count += 1
