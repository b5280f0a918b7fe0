"""What a pass of the controller costs as projects grow.

    python -m bench.controller [--tasks N...] [--real-up-to N] [--backend-url URL] [--rounds N]
        [--profiles FOLDER] [--json]

A project of each size is taken through its life with people who answer and a backend that answers
at once: see `bench.controller.phases`. Every step is a process of its own. Projects of up to
`--real-up-to` tasks are in a real Label Studio, larger ones in the scripted one, where the largest
of the former are measured once more, so that growth is told of one Label Studio.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench.controller.costs import PhaseCost
from bench.controller.growth import growth
from bench.controller.model import InstantModel
from bench.controller.phases import phases
from bench.controller.project import MeasuredStudio, Place
from bench.controller.table import growth_table, line
from bench.scripted_studio.server import ScriptedStudioServer
from bench.serving import serving
from tandem.servers.label_studio import LabelStudioServer

SIZES = (2_000, 10_000, 100_000)
REAL_UP_TO = 10_000
VENV = Path(".venv-label-studio")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        real: Tasks of each project in a real Label Studio.
        scripted: Tasks of each project in a scripted one.
        backend_url: The ML backend; None: one that answers at once.
        rounds: How often all is labelled anew.
        profiles: Where profiles are kept; None: there are none.
    """

    real: Sequence[int]
    scripted: Sequence[int]
    backend_url: str | None = None
    rounds: int = 5
    profiles: Path | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, nargs="+", default=SIZES, help="of each project")
    parser.add_argument("--real-up-to", type=int, default=REAL_UP_TO, help="tasks")
    parser.add_argument("--backend-url", help="an ML backend in place of the instant one")
    parser.add_argument("--rounds", type=int, default=5, help="how often all is labelled anew")
    parser.add_argument("--profiles", type=Path, help="keep profiles here, which slow it all down")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    real = [size for size in given.tasks if size <= given.real_up_to]
    scripted = [size for size in given.tasks if size > given.real_up_to]
    if scripted:
        scripted = [*real[-1:], *scripted]
    plan = Plan(
        real,
        scripted,
        given.backend_url,
        0 if given.backend_url else given.rounds,
        given.profiles,
    )
    results = []
    for one in measure(plan):
        results.append(one)
        Console().print(line(one), soft_wrap=True)
    grown = growth(results)
    Console().print(growth_table(grown))
    if given.json:
        told = {"phases": [*map(asdict, results)], "growth": [*map(asdict, grown)]}
        print(json.dumps(told))


def measure(plan: Plan) -> Iterator[PhaseCost]:
    """Measure projects of all sizes.

    Args:
        plan: What is measured.

    Yields:
        What each phase of each took, as soon as it is over.

    Raises:
        TandemError: A Label Studio does not start.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        if plan.real:
            server = LabelStudioServer(VENV, folder / "label-studio")
            yield from _measure_in(server, "real", folder, plan, plan.real)
        for size in plan.scripted:
            scripted = ScriptedStudioServer(folder)
            yield from _measure_in(scripted, "scripted", folder, plan, [size])


def _measure_in(
    server: AbstractContextManager[MeasuredStudio],
    studio: str,
    folder: Path,
    plan: Plan,
    sizes: Sequence[int],
) -> Iterator[PhaseCost]:
    with server as running:
        for size in sizes:
            place = Place(running, studio, folder / f"{studio}-{size}", profiles=plan.profiles)
            place.folder.mkdir()
            model = InstantModel()
            with serving(model.application()) as instant:
                yield from phases(place, size, plan.backend_url or instant, model, plan.rounds)


if __name__ == "__main__":
    main()
