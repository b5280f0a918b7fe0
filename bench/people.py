"""Quality control of people: how often it wrongs the honest, and what it does for real labels.

    python -m bench.people --worlds [--seeds N] [--json]
    python -m bench.people FOLDER… [--seeds N] [--json]

With `--worlds` simulated people of known skill are put under the sequential test; see
`bench.people_worlds`. With folders the answers of real people are replayed; see
`bench.people_replay`.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.people_worlds import RISK, SkillWorldResult, measure, worlds


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--worlds", action="store_true", help="simulate people of known skill")
    parser.add_argument("--seeds", type=int, help="people a world (2000); replays (20)")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    if given.worlds:
        results = [measure(one, given.seeds or 2000) for one in track([*worlds()], "worlds")]
        Console().print(_worlds_table(results))
        if given.json:
            print(json.dumps({"risk": RISK, "worlds": [asdict(one) for one in results]}))


def _worlds_table(results: Sequence[SkillWorldResult]) -> Table:
    table = Table(
        *("skill", "answers", "known at start", "ever paused, controls", "median controls"),
        *("ever paused, with peers", "median controls"),
        title="Simulated people under the sequential test, looked at after every answer",
    )
    for one in results:
        table.add_row(
            f"{one.skill:.2f}" + (" (worst case)" if one.is_worst else ""),
            str(one.answers),
            str(one.known),
            f"{one.alone:.2%}",
            _controls(one.median_alone),
            f"{one.with_peers:.2%}",
            _controls(one.median_with_peers),
        )
    return table


def _controls(median: float | None) -> str:
    return "-" if median is None else f"{median:.1f}"


if __name__ == "__main__":
    main()
