"""A training that is killed, its worker or its whole service, leaves everything as it was."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.training.trainer import Trainer
from labeling.settings.settings import Settings
from tests.support.training_jobs import STOPPING, Stop, fitted, job_of
from tests.support.watched_trainer import Watched, artefacts, is_empty

POINTS = ["1", "6", "save"]
"""While it is judged, while it is fitted on all answers, and while its artefact is written."""


@pytest.fixture
def watched(settings: Settings) -> Iterator[Watched]:
    watched = Watched(settings)
    yield watched
    watched.trainer.close()


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_that_is_killed_leaves_all_as_it_was(
    watched: Watched, settings: Settings, point: str
) -> None:
    stop = Stop(settings.data_dir, point)
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    stop.reached().kill()
    outcome = watched.outcome()
    assert outcome.outcome == "failed"
    assert "killed during 'stopping' by signal 9" in outcome.why
    assert watched.handed == []
    assert artefacts(settings.data_dir) == []
    assert is_empty(settings.data_dir)
    stop.lift()
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    assert watched.outcome().outcome == "done"
    assert artefacts(settings.data_dir) == [fitted(watched.handed[0][1])["stopping"]]


SERVICE = """
import sys
from pathlib import Path
from backend.training.trainer import Trainer
from labeling.settings.settings import Settings
from tests.support.training_jobs import STOPPING, job_of

trainer = Trainer(Settings(data_dir=Path(sys.argv[1])))
trainer.schedule(job_of({"stopping": STOPPING}))
trainer._thread.join()
"""


@pytest.mark.parametrize("point", POINTS)
def test_a_service_that_is_killed_takes_its_worker_along_and_the_next_one_starts_anew(
    settings: Settings, point: str
) -> None:
    stop = Stop(settings.data_dir, point)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    command = [sys.executable, "-c", SERVICE, str(settings.data_dir)]
    with subprocess.Popen(command, env=environment) as service:
        worker = stop.reached()
        held = Trainer(settings)
        assert not is_empty(settings.data_dir), "what another process is at is left alone"
        held.close()
        service.kill()
        service.wait()
        worker.wait_until_dead()
    assert artefacts(settings.data_dir) == []
    stop.lift()
    watched = Watched(settings)
    assert is_empty(settings.data_dir)
    watched.trainer.schedule(job_of({"stopping": STOPPING}, watched.take))
    assert watched.outcome().outcome == "done"
    watched.trainer.close()
