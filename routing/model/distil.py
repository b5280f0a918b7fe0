"""Distilling: the backend makes a small classifier of what it learned from this project."""

from labeling.errors import TandemError
from labeling.protocol.distill import DistillRequest
from routing.model.client import BackendClient
from routing.model.train import learn_request
from routing.snapshot.snapshot import Snapshot

MOST_TEXTS = 10_000
"""Texts, picked at random, that the model labels for the student."""


def distil(snapshot: Snapshot, backend: BackendClient, control: str | None, licence: str) -> bytes:
    """Have a student made from people's labels and from the model's of all other texts.

    Args:
        snapshot: The project.
        backend: Who makes it.
        control: The control that it answers; None: the form has one that it can.
        licence: Of the texts and of what is made of them.

    Returns:
        Its folder, a ZIP archive.

    Raises:
        TandemError: Nobody answered anything yet.
        BackendUnreachable: The backend does not answer, or says that it cannot.
    """
    labels = snapshot.facts.settled
    if not labels:
        raise TandemError(
            "People settled no label yet, so that nothing would say how good a student is",
            hint="Distil once they have answered.",
        )
    others = [task for task in snapshot.state.tasks if task not in labels]
    _, taught = learn_request(snapshot, labels, others, MOST_TEXTS)
    return backend.distil(DistillRequest(**taught.model_dump(), control=control, licence=licence))
