"""What each rule of carelessness flags on real crowds, beside how good the people really are.

    python -m bench.people_rules FOLDER... [--controls SHARE] [--tasks N] [--json]
    python -m bench.people_rules --honest SEEDS [--json]

A folder holds `crowd.csv` (task, worker, label; where known, seconds, or started, ended and
items_of_page), `items.csv`, and `gold.csv` or `controls.csv`. The rules are told the right labels
of a share of the tasks, as of control tasks, or of those of `controls.csv`. Flags are those that
stand over all people and rules at a share of false discoveries.

Somebody is bad whose accuracy is below one half, of people with ten judged answers or more (of
`controls.csv`, five). `auc` is how well a rule's p-values alone tell bad people from others: .5 is
chance.

With `--honest` people are simulated, who are all honest, in worlds where what is asked stays as it
is and in others where it changes: see `bench.people_rules_false`.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter

from rich.console import Console
from rich.table import Table
from scipy.stats import rankdata

from aggregation.quality.rules.contract import Finding
from aggregation.quality.rules.registry import RULES, findings, standing
from bench.people_rules_data import JudgedWork, read_judged_work
from bench.people_rules_false import show_world, speak_against_honest_people

BAD = 0.5
"""The accuracy below which somebody is bad."""


@dataclass(frozen=True, slots=True)
class FlagResult:
    """A flag that stood.

    Attributes:
        rule: The rule's name.
        workers: Whom it is about.
        p_value: The finding's.
        adjusted: The least share of false discoveries at which it stands.
        accuracy: Of the first of the workers; None: too few of their answers are judged.
        line: What the admin is told.
    """

    rule: str
    workers: Sequence[str]
    p_value: float
    adjusted: float
    accuracy: float | None
    line: str


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule on one crowd.

    Attributes:
        rule: Its name.
        judged: People of whom it could tell something and whose accuracy is known.
        flagged: Those whom it flags.
        flagged_bad: Those of them who are bad.
        accuracy_flagged: Their mean accuracy; None: nobody was flagged.
        accuracy_others: Mean accuracy of the people whom it could have flagged.
        auc: How well its p-values tell bad people from others; None: there are none of one kind.
    """

    rule: str
    judged: int
    flagged: int
    flagged_bad: int
    accuracy_flagged: float | None
    accuracy_others: float | None
    auc: float | None


@dataclass(frozen=True, slots=True)
class CrowdResult:
    """One crowd.

    Attributes:
        folder: The folder's name.
        answers: How many there are.
        people: Whose accuracy is known.
        bad: Those below one half.
        seconds: That all rules took.
        rules: Each rule's result.
        flags: All flags.
    """

    folder: str
    answers: int
    people: int
    bad: int
    seconds: float
    rules: Sequence[RuleResult]
    flags: Sequence[FlagResult]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--honest", type=int, default=0, metavar="SEEDS", help="simulated crowds")
    parser.add_argument("--controls", type=float, default=0.1, help="share of known answers")
    parser.add_argument("--tasks", type=int, metavar="N", help="the first tasks alone")
    parser.add_argument("--false-discoveries", type=float, default=0.05, metavar="SHARE")
    parser.add_argument("--seed", type=int, default=0, help="of the draw of control tasks")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    results = []
    for folder in given.folders:
        fewest = 5 if (folder / "controls.csv").exists() else 10
        judged = read_judged_work(
            folder, controls=given.controls, fewest=fewest, tasks=given.tasks, seed=given.seed
        )
        result = measure(judged, given.false_discoveries)
        results.append(result)
        _show(result)
    honest = speak_against_honest_people(given.honest) if given.honest else []
    for world in honest:
        show_world(world)
    if given.json:
        found = [asdict(result) for result in results]
        print(json.dumps({"results": found, "honest": [asdict(one) for one in honest]}))


def measure(judged: JudgedWork, false_discoveries: float) -> CrowdResult:
    """Apply all rules to one crowd.

    Args:
        judged: The work, and the truth.
        false_discoveries: The share of flags that may be false.

    Returns:
        What each rule flags, beside the truth.
    """
    start = perf_counter()
    found = findings(judged.work)
    flags = standing([one for told in found.values() for one in told], false_discoveries)
    seconds = perf_counter() - start
    flagged = {
        name: {flag.finding.workers[0] for flag in flags if flag.finding.rule == name}
        for name in RULES
    }
    return CrowdResult(
        folder=judged.name,
        answers=len(judged.work.answers),
        people=len(judged.accuracy),
        bad=sum(share < BAD for share in judged.accuracy.values()),
        seconds=round(seconds, 2),
        rules=[_of_rule(name, judged, told, flagged[name]) for name, told in found.items()],
        flags=[
            FlagResult(
                flag.finding.rule,
                flag.finding.workers,
                flag.finding.p_value,
                flag.adjusted,
                judged.accuracy.get(flag.finding.workers[0]),
                flag.finding.line,
            )
            for flag in flags
        ],
    )


def _of_rule(
    name: str, judged: JudgedWork, told: Sequence[Finding], flagged: set[str]
) -> RuleResult:
    p_values = {
        finding.workers[0]: finding.p_value
        for finding in told
        if finding.workers[0] in judged.accuracy
    }
    accuracy = {who: judged.accuracy[who] for who in p_values}
    found = [share for who, share in accuracy.items() if who in flagged]
    others = [share for who, share in accuracy.items() if who not in flagged]
    return RuleResult(
        rule=name,
        judged=len(p_values),
        flagged=len(found),
        flagged_bad=sum(share < BAD for share in found),
        accuracy_flagged=fmean(found) if found else None,
        accuracy_others=fmean(others) if others else None,
        auc=_auc([*p_values.values()], [share < BAD for share in accuracy.values()]),
    )


def _auc(p_values: Sequence[float], is_bad: Sequence[bool]) -> float | None:
    """Return the probability that somebody bad has a smaller p-value than somebody else."""
    bad = sum(is_bad)
    if bad in {0, len(is_bad)}:
        return None
    ranks = rankdata([-one for one in p_values])
    of_bad = sum(rank for rank, one in zip(ranks, is_bad, strict=True) if one)
    return float((of_bad - bad * (bad + 1) / 2) / (bad * (len(is_bad) - bad)))


def _show(result: CrowdResult) -> None:
    title = (
        f"{result.folder}: {result.answers:,} answers, {result.people} people, {result.bad} bad;"
        f" {result.seconds} s"
    )
    table = Table("rule", "people", "flagged", "bad", "accuracy", "others", "AUC", title=title)
    for one in result.rules:
        table.add_row(
            one.rule,
            str(one.judged),
            str(one.flagged),
            str(one.flagged_bad),
            *(
                "-" if figure is None else f"{figure:.2f}"
                for figure in (one.accuracy_flagged, one.accuracy_others, one.auc)
            ),
        )
    console = Console()
    console.print(table)
    for flag in result.flags:
        share = "unknown" if flag.accuracy is None else f"{flag.accuracy:.2f}"
        console.print(
            f"{' and '.join(flag.workers)} ({flag.rule}, {flag.adjusted:.1e}, accuracy {share}):"
            f" {flag.line}",
            markup=False,
            highlight=False,
        )


if __name__ == "__main__":
    main()
