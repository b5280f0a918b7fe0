"""What a pass of the controller costs as projects grow.

python -m bench.controller [--tasks N...] [--real-up-to N] [--backend-url URL]
    [--profiles FOLDER] [--json]
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from bench.controller.costs import PhaseCost
from bench.controller.model import InstantModel
from bench.controller.phases import phases
from bench.controller.project import Place
from bench.serving import serving
from tandem.servers.label_studio import LabelStudioServer

VENV = Path(".venv-label-studio")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, nargs="+", default=(2_000, 10_000))
    parser.add_argument("--backend-url")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profiles", type=Path)
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = []
    for one in measure(given.tasks, given.backend_url, given.profiles, given.rounds):
        results.append(one)
        Console().print(
            f"{one.tasks:>9,} {one.studio:<9}{one.phase:<26}{one.wall_seconds:8.2f} s"
            f"{one.cpu_seconds:8.2f} cpu{one.studio_cpu_seconds:8.2f} studio"
            f"{one.requests:6} requests{one.peak_mb:7.0f} MB{one.ledger_mb:7.1f} MB ledger"
            f"{one.predictions:8} predictions {'' if one.ratio is None else f'{one.ratio:.2f}'}",
            soft_wrap=True,
        )
        Console().print(f"          {one.kinds}", soft_wrap=True)
    if given.json:
        print(json.dumps({"phases": [asdict(one) for one in results]}))


def measure(
    sizes: Sequence[int], backend_url: str | None, profiles: Path | None, rounds: int
) -> Iterator[PhaseCost]:
    """Measure."""
    with ExitStack() as end:
        folder = Path(end.enter_context(TemporaryDirectory()))
        server = end.enter_context(LabelStudioServer(VENV, folder / "studio"))
        for size in sizes:
            model = InstantModel()
            with serving(model.application()) as instant:
                url = backend_url or instant
                place = Place(server, "real", folder / str(size), profiles=profiles)
                place.folder.mkdir()
                yield from phases(place, size, url, model, 0 if backend_url else rounds)


if __name__ == "__main__":
    main()
