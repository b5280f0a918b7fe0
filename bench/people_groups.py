"""Which groups of people differ from others in what they say, on a crowd that declared its groups.

    python -m bench.people_groups FOLDER [--scale] [--deals N] [--json]

The folder holds `crowd.csv` (task, worker, label) and `people.csv` (worker, and a column for each
kind of group). With `--scale` labels are the steps of a scale, and mean steps are compared as well.
Then the groups are dealt out to people at random, `--deals` times: the share of deals in which a
table has a difference that is said to be shown should be 5%.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table

from aggregation.subjective.people_groups import Declared, GroupDifference, compare_groups


@dataclass(frozen=True, slots=True)
class PeopleGroupsResult:
    """One crowd.

    Attributes:
        differences: All comparisons.
        shown: Those that cannot be chance.
        false_alarms: The share of tables that show a difference where groups were dealt out at
            random, over all kinds; None: that was not tried.
    """

    folder: str
    people: int
    differences: Sequence[GroupDifference]
    shown: Sequence[GroupDifference]
    false_alarms: float | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--scale", action="store_true", help="labels are steps of a scale")
    parser.add_argument("--deals", type=int, default=0, help="random deals of the groups")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    result = measure(given.folder, is_scale=given.scale, deals=given.deals)
    Console().print(_table(result))
    if result.false_alarms is not None:
        print(f"Groups dealt out at random: {result.false_alarms:.1%} of the tables show some.")
    if given.json:
        print(json.dumps(asdict(result)))


def measure(folder: Path, *, is_scale: bool, deals: int) -> PeopleGroupsResult:
    """Compare the groups of one crowd.

    Args:
        folder: Holds `crowd.csv` and `people.csv`.
        is_scale: Whether labels are steps of a scale.
        deals: How often the groups are dealt out at random.

    Returns:
        What was found.
    """
    votes = pd.read_csv(folder / "crowd.csv", dtype="str", keep_default_na=False)
    votes = votes.drop_duplicates(["task", "worker"])
    people = pd.read_csv(folder / "people.csv", dtype="str", keep_default_na=False)
    declared = {
        str(row["worker"]): {
            str(kind): group for kind, group in row.items() if kind != "worker" and group
        }
        for row in people.to_dict("records")
    }
    labels = sorted(votes["label"].unique())
    found = compare_groups(votes, declared, labels, is_scale=is_scale).differences
    alarms = [
        is_shown
        for seed in track(range(deals), "deals")
        for is_shown in _shown_of_tables(
            compare_groups(votes, _dealt(declared, seed), labels, is_scale=is_scale).differences
        )
    ]
    return PeopleGroupsResult(
        folder.resolve().name,
        len(declared),
        found,
        [one for one in found if one.is_shown],
        float(np.mean(alarms)) if alarms else None,
    )


def _dealt(declared: Declared, seed: int) -> Declared:
    """Give each person the groups of another one, drawn at random."""
    order = np.random.default_rng([seed, 1]).permutation(len(declared))
    own = [*declared.values()]
    return {who: own[place] for who, place in zip(declared, order, strict=True)}


def _shown_of_tables(differences: Sequence[GroupDifference]) -> Sequence[bool]:
    tables: dict[tuple[str, bool], bool] = {}
    for one in differences:
        table = (one.kind, one.label is None)
        tables[table] = tables.get(table, False) or one.is_shown
    return [*tables.values()]


def _table(result: PeopleGroupsResult) -> Table:
    table = Table(title=f"{result.folder}: {result.people} people")
    for column in ("kind", "group", "people", "others", "says", "mean", "difference", "95%"):
        table.add_column(column)
    for one in result.differences:
        if not one.is_shown and one.label is not None:
            continue
        table.add_row(
            one.kind,
            one.group,
            str(one.people),
            str(one.others),
            "mean step" if one.label is None else one.label,
            f"{one.share:.2f}",
            f"{one.difference:+.3f}" + (" *" if one.is_shown else ""),
            f"{one.interval.low:+.3f} to {one.interval.high:+.3f}",
        )
    return table


if __name__ == "__main__":
    main()
