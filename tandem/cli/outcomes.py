"""Commands that give what came out: report and export."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.terminal import Debug, Json, SettingsFile, Terminal, command, speaking

if TYPE_CHECKING:
    from tandem.outcome import Outcome


@command("tandem report", "tandem report --to quality.html", "tandem report --json")
def report(
    settings_file: SettingsFile = None,
    to: Annotated[Path, typer.Option(help="The page to write.")] = Path("report.html"),
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the report: one page with counts, costs, quality and the reviewers."""
    from tandem.outcome import report_of, write_report

    with speaking(json=json, debug=debug) as terminal:
        outcome = _outcome(settings_file, terminal)
        terminal.say(f"Written: {write_report(outcome, to)}")
        terminal.result({"file": str(to), **asdict(report_of(outcome))})


@command("tandem export", "tandem export --to dataset --format parquet")
def export(
    settings_file: SettingsFile = None,
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    formats: Annotated[
        list[str], typer.Option("--format", help="jsonl, csv or parquet; may be repeated.")
    ] = ["jsonl", "csv", "parquet"],  # noqa: B006 - typer copies it
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the dataset: each item with its label, posterior, source, votes, who and when."""
    from tandem.export import export as write

    with speaking(json=json, debug=debug) as terminal:
        dataset = _outcome(settings_file, terminal).dataset
        files = [str(file) for file in write(dataset, to, formats)]
        unlabelled = int(dataset["label"].isna().sum())
        terminal.say(f"{len(dataset)} items, {unlabelled} without a label: {', '.join(files)}")
        terminal.result({"items": len(dataset), "unlabelled": unlabelled, "files": files})


def _outcome(settings_file: SettingsFile, terminal: Terminal) -> "Outcome":
    from labeling.settings import load
    from routing.observe import observe
    from tandem.outcome import conclude
    from tandem.session import open_session

    session = open_session(load(settings_file))
    with terminal.progress() as progress:
        scene = observe(
            session.studio,
            session.backend,
            session.ledger,
            session.settings,
            progress,
            dry_run=True,
        )
    return conclude(scene)
