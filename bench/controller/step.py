"""One step of the controller in a process of its own, and what it costs.

    python -m bench.controller.step {look,prelabel,import,pass} SETTINGS [--times N]
        [--profile FILE]

It prints `READY`, and then a line of JSON for every time. `look` mirrors the project into the
ledger, `prelabel` labels what needs it, `import` stores predictions of all tasks by nothing but
Label Studio's own import, and `pass` makes a pass. The project is opened by the first step alone,
as `tandem sync --watch` does; imports of modules are over before.
"""

import argparse
import cProfile
import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import cached_property, partial
from pathlib import Path

import label_studio_sdk  # noqa: F401 - what the first request would else import

from bench.controller.costs import StepCost
from bench.controller.request_counter import counted_requests
from labeling.form.form import parse
from labeling.settings.load import load
from labeling.settings.settings import Settings
from routing.model.prelabel import prelabel
from routing.studio.models import NewPrediction
from routing.sync import SyncReport
from tandem.session import Session, open_session

READY = "ready"
"""What is printed once all is prepared that belongs to no step."""

STEPS = ("look", "prelabel", "import", "pass")


class ProjectSteps:
    """The steps of a project, which the first of them opens.

    Args:
        settings: The project's.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._last: SyncReport | None = None

    def prepared(self, step: str) -> Callable[[], object]:
        """Return what makes a step, with all at hand that does not belong to it."""
        if step == "import":
            predicted = _predicted(self._session)
            return lambda: self._session.studio.import_predictions(predicted)
        return {"look": self._look, "prelabel": self._prelabel, "pass": self._pass}[step]

    @cached_property
    def _session(self) -> Session:
        return open_session(self._settings)

    def _look(self) -> None:
        self._session.look()

    def _prelabel(self) -> None:
        session = self._session
        prelabel(session.studio, session.backend, session.ledger, session.settings)

    def _pass(self) -> None:
        self._last = self._session.make_pass(last=self._last)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make steps from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("settings", type=Path, metavar="SETTINGS")
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--profile", type=Path, help="keep a profile of the last time here")
    given = parser.parse_args(arguments)
    make = ProjectSteps(load(given.settings)).prepared(given.step)
    print(READY, flush=True)
    for left in reversed(range(given.times)):
        is_profiled = given.profile is not None and not left
        profile = cProfile.Profile() if is_profiled else None
        cost = measure(partial(profile.runcall, make) if profile else make)
        if profile:
            profile.dump_stats(given.profile)
        print(json.dumps(asdict(cost)), flush=True)


def measure(make: Callable[[], object]) -> StepCost:
    """Measure what something takes.

    Args:
        make: Does it.

    Returns:
        What it took; the peak is that of the whole process so far.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    with counted_requests() as requests:
        make()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return StepCost(wall, cpu, peak_mb(), dict(requests.most_common()))


def peak_mb() -> float:
    """Return the most memory that this process had resident, in MB.

    `getrusage` would tell that of the process which started this one, where that had more.
    """
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    return int(kilobytes) / 1024


def _predicted(session: Session) -> list[NewPrediction]:
    """Ask the backend for predictions of all tasks."""
    project = session.studio.project()
    form = parse(project.label_config)
    tasks = {task.id: dict(task.data) for task in session.studio.tasks()}
    asked = [{"id": task, "data": data} for task, data in tasks.items()]
    results = session.backend.predict(project.id, form.config, asked)
    return [
        NewPrediction(task, one["result"], one["score"], one["model_version"])
        for task, one in zip(tasks, results, strict=True)
    ]


if __name__ == "__main__":
    main()
