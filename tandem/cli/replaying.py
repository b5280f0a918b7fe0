"""The command that replays recorded answers: what Tandem would have made of a project."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.extras import require

if TYPE_CHECKING:
    from tandem.replay.replay import Replay


@command("tandem replay FOLDER", "tandem replay FOLDER --target-error 0.1 --budget 500")
def replay(
    folder: Annotated[
        Path, typer.Argument(help="Holds crowd.csv, gold.csv and items.csv; llm.csv if there.")
    ],
    settings_file: SettingsFile = None,
    target_error: Annotated[
        float | None, typer.Option(min=0.001, max=0.5, help="The share that may be wrong.")
    ] = None,
    budget: Annotated[
        int | None, typer.Option(min=1, help="Human labels that Tandem may spend.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the page.")] = Path("replay"),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Label recorded texts again, with the answers that people gave: model, people and Tandem."""
    with speaking(json=json, debug=debug) as terminal:
        require("backend", "tandem replay")
        from labeling.settings.load import load
        from tandem.demo.comparison import comparison_table
        from tandem.replay.page import write_page
        from tandem.replay.replay import replay as play
        from tandem.replay.replay import with_policy
        from tandem.replay.summary import in_numbers, promises_in_words

        settings = load(settings_file)
        if target_error is not None:
            settings = with_policy(settings, target_error=target_error)
        outcome = play(folder, settings, settings.data_dir / "replay", budget)
        title = f"{outcome.work.name}, against the right labels"
        terminal.say(comparison_table(title, outcome.comparison, outcome.currency))
        terminal.say(_people_alone(outcome))
        for sentence in promises_in_words(outcome):
            terminal.say(sentence)
        page = write_page(outcome, out)
        terminal.say(f"Written: {page}")
        terminal.result({**in_numbers(outcome), "file": str(page)})


def _people_alone(outcome: "Replay") -> Table:
    from tandem.replay.summary import votes_table

    table = Table(title="People alone, by votes an item", box=None, padding=(0, 1, 0, 0))
    rows = votes_table(outcome)
    table.add_column("Votes")
    for row in rows:
        table.add_column(str(row.votes), justify="right", no_wrap=True)
    table.add_row("Labels", *(str(row.labels) for row in rows))
    for place, way in enumerate(outcome.people):
        shares = (row.accuracies[place] for row in rows)
        table.add_row(way.name, *("" if one is None else f"{one:.3f}" for one in shares))
    return table
