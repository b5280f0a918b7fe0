"""What the backend learns beside serving is said in one line."""

import pytest

from labeling.protocol.health import RunningTraining, TrainingOutcome, TrainingProgress
from tandem.training_progress import training_line

RUNNING = RunningTraining(
    project="7",
    control="topic",
    learner="head",
    part=3,
    done=0.42,
    seconds=61,
    seconds_left=84,
)
LAST = TrainingOutcome(project="8", outcome="failed", why="head: out of memory", seconds=9.6)


@pytest.mark.parametrize(
    ("training", "line"),
    [
        (
            TrainingProgress(running=RUNNING),
            "project 7: head learns topic, 42% done in 61 s, 84 s to go",
        ),
        (
            TrainingProgress(
                running=RUNNING.model_copy(update={"learner": None, "done": 0.0, "seconds": 0}),
                waiting=["8", "9"],
            ),
            "project 7: it begins, 0% done in 0 s, 84 s to go; next: project 8, project 9",
        ),
        (
            TrainingProgress(last=LAST),
            "the last one, of project 8: failed after 10 s (head: out of memory)",
        ),
    ],
)
def test_a_line_says_what_is_trained(training: TrainingProgress, line: str) -> None:
    assert training_line(training) == line
