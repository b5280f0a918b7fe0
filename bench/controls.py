"""How well every kind of control is answered, and whether its confidence comes true.

    python -m bench.controls [FOLDER...] [--first N] [--seeds N] [--cost] [--json]

Folders are templates, or real labelled texts (see `bench.controls_work`), or tokens that a crowd
tagged (see `bench.controls_spans`); without any, all templates. Files among them, such as a glob
finds, are passed over. Of more items than N, N are taken, evenly spread.

Answers come from the settings' model by the service's own prompts and priors, each request once.
They are judged *before* anybody answered, and *after* `learn` saw the gold answers of a random half
as people's: on the other half both times, since the more tasks there are, the smaller is the error
by chance. Figures are means over both halves and all seeds. Fewer than ten answers teach nothing,
and where nothing is found that fits better, both are the same. No embedding takes part: it is the
language model that answers throughout.

Each control of a folder has two rows, before and after, and so has a whole form of several:

- *tasks*: those whose gold answers the control; *failed*: those that got no answer, for reasons
  that stand below the table. A failure is wrong, and has no confidence to be judged.
- *same*: the share of answers that say the same as gold by the form's own policy; beside it, what
  suits the kind: see `bench.controls_measures.scores_of`.
- *ECE* of the confidence; *chance*: the ECE that confidences as true as can be would show on so few
  tasks; *soft*: the ECE against the share of people who gave the answer, where there is a crowd.
- *AUROC*: how well confidence ranks right answers above wrong ones.
- *s/task*: seconds of the model for all that a task of the form asks, the first time.

`--cost` times the form `ticket` against each of its controls alone, on messages as they are and on
threads of several, see `bench.controls_cost`; with no folder beside it, nothing else is done.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend import engines
from bench import controls_cost, controls_spans
from bench.controls_cost import ControlCost
from bench.controls_judging import ControlResult, measure
from bench.controls_work import EXAMPLES, read, templates
from labeling.settings.load import load

WIDTH = 125
"""Characters of a line at least, so that no figure is cut."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--first", type=int, default=100, metavar="N", help="items of a folder")
    parser.add_argument("--seeds", type=int, default=5, help="random halves to average over")
    parser.add_argument("--cost", action="store_true", help="time a form against its controls")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    named = [folder for folder in given.folders if not folder.is_file()]
    folders = named or ([] if given.cost else templates())
    tagged = [folder for folder in folders if controls_spans.is_tagged(folder)]
    works = [read(folder, given.first) for folder in folders if folder not in tagged]
    settings = load()
    engine = engines.load(settings) if works or given.cost else None
    results: list[ControlResult] = []
    costs: list[ControlCost] = []
    if engine:
        results = [one for work in works for one in measure(work, engine, settings, given.seeds)]
    if engine and given.cost:
        ticket = read(EXAMPLES / "ticket", controls_cost.TASKS)
        costs = [
            controls_cost.measure(controls_cost.threads(ticket, messages), engine, settings)
            for messages in controls_cost.MESSAGES
        ]
    crowds = map(controls_spans.read_tagged, tagged)
    aggregation = {one.name: controls_spans.measure(one, given.seeds) for one in crowds}
    console = Console()
    console.width = max(console.width, WIDTH)
    for table in _tables(results, aggregation, costs):
        console.print(table)
    if given.json:
        found = [asdict(result) for result in results]
        told = {"controls": found, "aggregation": aggregation, "cost": [*map(asdict, costs)]}
        print(json.dumps(told))


def _tables(
    results: Sequence[ControlResult],
    aggregation: Mapping[str, Mapping[str, Mapping[str, float]]],
    costs: Sequence[ControlCost],
) -> list[Table]:
    tables = [_quality_table(results)] if results else []
    failures = [one for one in results if one.failures]
    tables += [_failure_table(failures)] if failures else []
    tables += [_span_table(name, ways) for name, ways in aggregation.items()]
    return [*tables, _cost_table(costs)] if costs else tables


def _quality_table(results: Sequence[ControlResult]) -> Table:
    table = Table("control", "kind", "tasks", "failed", "", "same", "beside")
    for head in ("ECE", "chance", "soft", "AUROC", "s/task"):
        table.add_column(head, no_wrap=True)
    for one in results:
        first = (_name(one), one.kind, str(one.tasks), str(one.failed))
        for name, found in (("before", one.before), ("after", one.after)):
            is_first = name == "before"
            table.add_row(
                *(first if is_first else [""] * len(first)),
                name,
                _figure(found.accuracy),
                "\n".join(f"{_figure(score)} {what}" for what, score in found.scores.items()),
                *map(_figure, (found.ece, found.ece_by_chance, found.soft_ece, found.auroc)),
                f"{one.seconds:.2f}" if is_first else "",
            )
    return table


def _failure_table(results: Sequence[ControlResult]) -> Table:
    table = Table("control", "tasks", "failed, since", title="Without people's answers")
    for one in results:
        for reason, count in one.failures.items():
            table.add_row(_name(one), str(count), reason)
    return table


def _span_table(name: str, ways: Mapping[str, Mapping[str, float]]) -> Table:
    table = Table("way, votes by", "span F1", "character F1", title=f"The crowd of {name}")
    for way, scores in ways.items():
        table.add_row(way, *map(_figure, (scores["span F1"], scores["character F1"])))
    return table


def _cost_table(costs: Sequence[ControlCost]) -> Table:
    table = Table("words a text", "all controls", "slowest alone", "times", "", title="ticket")
    for one in costs:
        alone = ", ".join(f"{name} {seconds:.1f}" for name, seconds in one.controls.items())
        times = f"{one.ratio:.2f}"
        table.add_row(f"{one.words:.0f}", f"{one.form:.1f} s", f"{one.slowest:.1f} s", times, alone)
    return table


def _name(result: ControlResult) -> str:
    return ".".join(filter(None, (result.project, result.control)))


def _figure(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.3f}"


if __name__ == "__main__":
    main()
