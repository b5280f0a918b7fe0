"""What the backend learns beside serving, in words."""

from labeling.protocol.health import RunningTraining, TrainingProgress


def training_line(training: TrainingProgress) -> str:
    """Say in a line what is trained, who waits, and what came of the last training.

    Args:
        training: What the backend says.

    Returns:
        The line, without a full stop.
    """
    parts = []
    if training.running:
        parts.append(_of_running(training.running))
    if training.waiting:
        parts.append(f"next: {', '.join(f'project {one}' for one in training.waiting)}")
    if last := training.last:
        parts.append(
            f"the last one, of project {last.project}: {last.outcome} after {last.seconds:.0f} s"
            f" ({last.why})"
        )
    return "; ".join(parts)


def _of_running(running: RunningTraining) -> str:
    at_work = f"{running.learner} learns {running.control}" if running.learner else "it begins"
    return (
        f"project {running.project}: {at_work}, {running.done:.0%} done in {running.seconds} s,"
        f" {running.seconds_left} s to go"
    )
