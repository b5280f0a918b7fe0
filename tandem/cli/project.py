"""Commands that work on the project: connect, prelabel, sync, status."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from tandem.cli.terminal import Debug, Json, SettingsFile, Terminal, command, speaking

if TYPE_CHECKING:
    from routing.sync import SyncReport
    from tandem.session import Session


@command("tandem connect", "tandem connect --settings other.yaml")
def connect(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Register the ML backend on the project; doing it again changes nothing."""
    from routing.connect import connect as connect_project

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        report = connect_project(session.studio, session.backend, session.settings)
        terminal.say(f"The project asks {session.settings.backend.url} for predictions.")
        terminal.result(asdict(report))


@command("tandem prelabel", "tandem prelabel --json")
def prelabel(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Give every task that needs one a prediction of the model; stop and go on at any time."""
    from routing.prelabel import prelabel as prelabel_project

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        with session.alone(), terminal.progress() as progress:
            report = prelabel_project(
                session.studio, session.backend, session.ledger, session.settings, progress
            )
        terminal.say(f"{report.labelled} predictions of {report.model_version} stored.")
        _say_failures(terminal, report.failed)
        terminal.result(asdict(report))


@command("tandem sync", "tandem sync --dry-run", "tandem sync --watch --every 60")
def sync(
    settings_file: SettingsFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change; write nothing.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped.")] = False,
    every: Annotated[
        float, typer.Option(min=1, help="Seconds between passes of --watch; a webhook wakes it.")
    ] = 60.0,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Do one pass: read people's answers, teach the model, decide, and bring tabs up to date."""
    from tandem.cli.watching import watch_project

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        if watch:
            watch_project(session, every, lambda: _pass(session, terminal, dry_run=False), terminal)
        else:
            _pass(session, terminal, dry_run=dry_run)


@command("tandem status", "tandem status --json")
def status(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Tell where the project stands: what is decided, what people owe, what the model learned."""
    from tandem.status import status_of

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        with terminal.progress() as progress:
            found = status_of(session, progress)
        table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
        for name, value in found.items():
            table.add_row(name.replace("_", " "), _in_words(value))
        terminal.say(table)
        terminal.result(found)


def _session(settings_file: SettingsFile) -> "Session":
    from labeling.settings import load
    from tandem.session import open_session

    return open_session(load(settings_file))


def _pass(session: "Session", terminal: Terminal, *, dry_run: bool) -> "SyncReport":
    from routing.sync import sync as sync_project

    with session.alone(), terminal.progress() as progress:
        report = sync_project(
            session.studio,
            session.backend,
            session.ledger,
            session.settings,
            progress,
            dry_run=dry_run,
        )
    if dry_run:
        for change in report.changes:
            terminal.say(f"{change.kind}  {change.target}  {change.before} → {change.after}")
    terminal.say(sentence(report, dry_run=dry_run))
    _say_failures(terminal, report.failed)
    terminal.result({**asdict(report), "remaining": report.remaining})
    return report


def sentence(report: "SyncReport", *, dry_run: bool = False) -> str:
    """Say in a line what a pass did, what is left, and where the promise stands."""
    rulings = ", ".join(f"{count} {kind}" for kind, count in sorted(report.rulings.items()))
    done = [
        f"{report.labelled} pre-labelled" if report.labelled else "",
        rulings and f"decided: {rulings}",
        f"{len(report.changes)} writes" if report.changes else "",
    ]
    left = [
        f"{report.owed} votes owed" if report.owed else "",
        f"{report.unassigned} of them wait for room in a tab" if report.unassigned else "",
        f"{report.undecided} undecided" if report.undecided else "",
    ]
    begin = "Would be done" if dry_run else "Done"
    done_words = "; ".join(filter(None, done)) or "nothing to do"
    left_words = ", ".join(filter(None, left)) or "nothing"
    given_up = (
        f" Nobody is left to give {report.given_up} more votes that would help."
        if report.given_up
        else ""
    )
    stage = f"{report.stage[:1].upper()}{report.stage[1:]}."
    return f"{begin}: {done_words}. Left: {left_words}.{given_up} {stage}"


def _say_failures(terminal: Terminal, failed: dict[int, str]) -> None:
    if failed:
        task, reason = next(iter(failed.items()))
        terminal.say(f"{len(failed)} tasks got no prediction, such as task {task}: {reason}")


def _in_words(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_in_words(one)}" for name, one in value.items()) or "none"
    if isinstance(value, list):
        return "; ".join(_in_words(one) for one in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}"
    return "none" if value is None else str(value)
