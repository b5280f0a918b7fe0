"""Distilling: what the backend is sent to make a small classifier of this project."""

from labeling.errors import TandemError
from labeling.protocol.distill import DistillRequest
from routing.model.train import learn_request
from routing.snapshot.snapshot import Snapshot

MOST_TEXTS = 10_000
"""Texts, picked at random, that the model labels for the student."""


def distil_request(snapshot: Snapshot, control: str | None, licence: str) -> DistillRequest:
    """Put together what a student is made of: people's labels, and the texts without one.

    Args:
        snapshot: The project.
        control: The control that it answers; None: the form has one that it can.
        licence: Of the texts and of what is made of them.

    Returns:
        The request; its answer is the student's folder, a ZIP archive.

    Raises:
        TandemError: Nobody answered anything yet.
    """
    labels = snapshot.facts.settled
    if not labels:
        raise TandemError(
            "People settled no label yet, so that nothing would say how good a student is",
            hint="Distil once they have answered.",
        )
    others = [task for task in snapshot.state.tasks if task not in labels]
    _, taught = learn_request(snapshot, labels, others, MOST_TEXTS)
    return DistillRequest(**taught.model_dump(), control=control, licence=licence)
