"""Quality control of people: how often it wrongs the honest, and what it does for real labels.

    python -m bench.people --worlds [--seeds N] [--json]
    python -m bench.people FOLDER… [--seeds N] [--json]

With `--worlds` simulated people of known skill are put under the sequential test and examined; see
`bench.people_worlds` and `bench.people_exam`. With folders the answers of real people are replayed;
see `bench.people_replay` and `bench.people_results`.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.people_exam import SKILLS, ExamResult, exam_of
from bench.people_results import WayResult, results_of
from bench.people_worlds import RISK, SkillWorldResult, measure, worlds
from labeling.settings.quality_section import QualitySettings


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
        exams = [exam_of(skill, QualitySettings()) for skill in SKILLS]
        Console().print(_worlds_table(results))
        Console().print(_exams_table(exams))
        if given.json:
            told = [asdict(one) for one in results], [asdict(one) for one in exams]
            print(json.dumps({"risk": RISK, "worlds": told[0], "exams": told[1]}))
    if given.folders:
        ways = [one for folder in given.folders for one in results_of(folder, given.seeds or 20)]
        Console().print(_ways_table(ways))
        if given.json:
            print(json.dumps({"results": [asdict(one) for one in ways]}))


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


def _exams_table(exams: Sequence[ExamResult]) -> Table:
    table = Table("skill", "pass", "known answers", title="The exam, with its retry")
    for one in exams:
        table.add_row(f"{one.skill:.2f}", f"{one.passed:.1%}", f"{one.answers:.0f}")
    return table


def _ways_table(results: Sequence[WayResult]) -> Table:
    table = Table(
        *("folder", "way", "accuracy", "gain", "95%", "of the oracle's", "majority"),
        *("votes", "bad paused", "good paused", "bad failed", "good failed"),
        title="Real crowds under quality control",
    )
    for one in results:
        table.add_row(
            one.folder,
            one.way,
            _number(one.accuracy),
            _number(one.gain, "+.3f"),
            f"{_number(one.gain_low, '+.3f')} to {_number(one.gain_high, '+.3f')}",
            _number(one.gain_of_oracle, ".0%"),
            _number(one.majority),
            _number(one.votes, ".2f"),
            f"{one.paused_bad:.1f} of {one.bad}",
            f"{one.paused_good:.1f} of {one.good}",
            f"{one.failed_bad:.1f}",
            f"{one.failed_good:.1f}",
        )
    return table


def _number(number: float | None, form: str = ".3f") -> str:
    return "-" if number is None else format(number, form)


def _controls(median: float | None) -> str:
    return _number(median, ".0f")


if __name__ == "__main__":
    main()
