"""What a pass of the controller costs as projects grow.

    python -m bench.controller [--tasks N...] [--real-up-to N] [--synthetic N...] [--rounds N]
        [--ledger URL] [--backend-url URL] [--profiles FOLDER] [--json]

A project of each size is taken through its life with people who answer and a backend that answers
at once: see `bench.controller.phases`. Every step is a process of its own. Projects of up to
`--real-up-to` tasks are in a real Label Studio, larger ones in the scripted one, where the largest
of the former are measured once more, so that growth is told of one Label Studio. Those of
`--synthetic` begin pre-labelled in the scripted one, and are asked about from there on.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench.controller.costs import PhaseCost
from bench.controller.databases import new_database
from bench.controller.growth import growth
from bench.controller.model import InstantModel
from bench.controller.phases import later_phases, phases
from bench.controller.project import MeasuredStudio, Place
from bench.controller.table import growth_table, line
from bench.scripted_studio.server import ScriptedStudioServer
from bench.serving import serving
from tandem.servers.label_studio import LabelStudioServer

SIZES = (2_000, 10_000, 100_000)
REAL_UP_TO = 10_000
VENV = Path(".venv-label-studio")
FILLED = "bench.controller.filled_studio"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured.

    Attributes:
        real: Tasks of each project in a real Label Studio.
        scripted: Tasks of each project in a scripted one.
        synthetic: Tasks of each project that is pre-labelled in one from the beginning.
        rounds: How often all is labelled anew.
        ledger: The PostgreSQL server that the ledgers are on; None: they are SQLite files.
        backend_url: The ML backend; None: one that answers at once.
        profiles: Where profiles are kept; None: there are none.
    """

    real: Sequence[int]
    scripted: Sequence[int]
    synthetic: Sequence[int] = ()
    rounds: int = 5
    ledger: str | None = None
    backend_url: str | None = None
    profiles: Path | None = None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, nargs="*", default=SIZES, help="of each project")
    parser.add_argument("--real-up-to", type=int, default=REAL_UP_TO, help="tasks")
    parser.add_argument("--synthetic", type=int, nargs="+", default=(), help="pre-labelled tasks")
    parser.add_argument("--rounds", type=int, default=5, help="how often all is labelled anew")
    parser.add_argument("--ledger", help="a PostgreSQL server's URL, for databases of the ledgers")
    parser.add_argument("--backend-url", help="an ML backend in place of the instant one")
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
        given.synthetic,
        0 if given.backend_url else given.rounds,
        given.ledger,
        given.backend_url,
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
            with server:
                for size in plan.real:
                    with _lent(server, "real", folder, size, plan) as (place, model):
                        yield from phases(place, size, model, plan.rounds)
        for size in plan.scripted:
            scripted = ScriptedStudioServer(folder)
            with scripted, _lent(scripted, "scripted", folder, size, plan) as (place, model):
                yield from phases(place, size, model, plan.rounds)
        for size in plan.synthetic:
            filled = ScriptedStudioServer(folder, (FILLED, str(size)))
            with filled, _lent(filled, "synthetic", folder, size, plan) as (place, _):
                yield from later_phases(place)


@contextmanager
def _lent(
    server: MeasuredStudio, studio: str, folder: Path, size: int, plan: Plan
) -> Iterator[tuple[Place, InstantModel]]:
    """Lend a place, and the model that answers there unless the plan names another backend."""
    name = f"{studio}-{size}"
    (folder / name).mkdir()
    model = InstantModel()
    database = new_database(plan.ledger, f"tandem-bench-{name}")
    with database as ledger, serving(model.application()) as url:
        address = plan.backend_url or url
        yield Place(server, studio, folder / name, address, ledger, plan.profiles), model


if __name__ == "__main__":
    main()
