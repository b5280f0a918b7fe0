"""Learning and pre-labelling as far as the backend answers: without it, a pass goes on."""

from dataclasses import replace

from labeling.errors import BackendUnreachable
from routing.model.client import BackendClient
from routing.model.prelabel import PrelabelReport, learn_and_label
from routing.snapshot.observe import look_again
from routing.snapshot.snapshot import Snapshot


def learn_and_label_if_up(
    snapshot: Snapshot, backend: BackendClient
) -> tuple[Snapshot, PrelabelReport]:
    """Teach and label; where no backend or no task answers, say so and go on with what there is.

    Args:
        snapshot: The project.
        backend: Who learns.

    Returns:
        The project as it is then, and what was done, with why it is not all.
    """
    try:
        snapshot, report = learn_and_label(snapshot, backend)
    except BackendUnreachable as error:
        version = snapshot.facts.model_version
        return look_again(snapshot), PrelabelReport(version, 0, backend_problem=str(error))
    if report.failed and not snapshot.facts.predictions.latest:
        problem = f"The model answered none of {len(report.failed)} tasks."
        return snapshot, replace(report, backend_problem=problem)
    return snapshot, report
