"""Commands that work on the project: connect, prelabel, sync, status."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, require_some, speaking
from tandem.extras import require
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from labeling.settings.settings import Settings
    from routing.model.client import Predictor
    from routing.sync import FormDecision, SyncReport
    from tandem.session import Session


@command("tandem connect", "tandem connect --settings other.yaml")
def connect(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Register the ML backend on the project; doing it again changes nothing."""
    from routing.model.connect import connect as connect_project

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        with session.alone(), terminal.progress() as progress:
            session.claim(progress)
            report = connect_project(session.studio, session.backend, session.settings)
        terminal.say(f"The project asks {session.settings.backend.url} for predictions.")
        terminal.result(asdict(report))


@command(
    "tandem prelabel --json",
    "tandem prelabel --engine ray",
    "tandem prelabel --tasks tasks.jsonl --out predictions.parquet --label-config config.xml",
)
def prelabel(
    settings_file: SettingsFile = None,
    engine: Annotated[
        Literal["backend", "ray"], typer.Option(help="Who predicts: the service, or a Ray cluster.")
    ] = "backend",
    tasks: Annotated[
        Path | None, typer.Option(help="A file of tasks, .jsonl or .parquet; no Label Studio.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --tasks: a folder of parts, ….jsonl or ….parquet.")
    ] = None,
    label_config: Annotated[
        Path | None, typer.Option(help="With --tasks: the label config's file.")
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Predict for every task that needs it; stop and go on at any time."""
    with speaking(json=json, debug=debug) as terminal:
        if engine == "ray":
            require("ray", "tandem prelabel --engine ray")
        if tasks or out or label_config:
            _predict_file(terminal, settings_file, engine, tasks, out, label_config)
        else:
            _prelabel_project(terminal, settings_file, engine)


def _prelabel_project(terminal: Terminal, settings_file: SettingsFile, engine: str) -> None:
    from routing.model.prelabel import prelabel as prelabel_project

    session = _session(settings_file)
    predictor = _predictor(session.settings, engine)
    with session.alone(), terminal.progress() as progress:
        report = prelabel_project(
            session.studio, session.backend, session.ledger, session.settings, progress, predictor
        )
    terminal.say(f"{report.labelled} predictions of {report.model_version} stored.")
    _say_failures(terminal, report.failed)
    terminal.result(asdict(report))
    require_some(report.labelled, len(report.failed))


def _predict_file(
    terminal: Terminal,
    settings_file: SettingsFile,
    engine: str,
    tasks: Path | None,
    out: Path | None,
    label_config: Path | None,
) -> None:
    from labeling.errors import SettingsError
    from labeling.settings.settings import load
    from tandem.export.offline import predict_file

    if tasks is None or out is None or label_config is None:
        raise SettingsError(
            "Tasks of a file need three options", hint="Give --tasks, --out and --label-config."
        )
    predictor = _predictor(load(settings_file), engine)
    with terminal.progress() as progress:
        report = predict_file(predictor, label_config.read_text("utf-8"), tasks, out, progress)
    terminal.say(f"{report.predicted} predictions in {out}; {report.there_before} were there.")
    _say_failures(terminal, report.failed)
    terminal.result(asdict(report))
    require_some(report.predicted + report.there_before, len(report.failed))


def _predictor(settings: "Settings", engine: str) -> "Predictor":
    if engine == "ray":
        from backend.ray_predictor import RayPredictor

        return RayPredictor(settings)
    from routing.model.client import BackendClient

    return BackendClient(settings.backend.url, settings.backend.credentials)


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
    accept_form: Annotated[
        bool,
        typer.Option(
            "--accept-form", help="The changed label config means the same: audits go on."
        ),
    ] = False,
    refreeze: Annotated[
        bool,
        typer.Option("--refreeze", help="Take back freezes that the label config changed under."),
    ] = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Do one pass: read people's answers, teach the model, decide, and bring tabs up to date."""
    from labeling.errors import SettingsError
    from tandem.cli.watching import watch_project

    with speaking(json=json, debug=debug) as terminal:
        if accept_form + refreeze + watch > 1:
            raise SettingsError(
                "--accept-form, --refreeze and --watch exclude each other", hint="Give one of them."
            )
        session = _session(settings_file)
        decision: FormDecision | None = (
            "accept" if accept_form else "refreeze" if refreeze else None
        )
        if watch:
            watch_project(session, every, lambda: _pass(session, terminal, dry_run=False), terminal)
        else:
            _pass(session, terminal, dry_run=dry_run, on_form_change=decision)


@command("tandem status", "tandem status --json")
def status(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Show where the project stands: what is decided, what people owe, what the model learned."""
    from tandem.cli.standing import say_status
    from tandem.status import status_of

    with speaking(json=json, debug=debug) as terminal:
        session = _session(settings_file)
        with terminal.progress() as progress:
            found = status_of(session, progress)
        say_status(terminal, found)
        terminal.result(found.as_json())


def _session(settings_file: SettingsFile) -> "Session":
    from labeling.settings.settings import load
    from tandem.session import open_session

    return open_session(load(settings_file))


def _pass(
    session: "Session",
    terminal: Terminal,
    *,
    dry_run: bool,
    on_form_change: "FormDecision | None" = None,
) -> "SyncReport":
    from tandem.cli.standing import say_standing
    from tandem.pass_summary import summary_of
    from tandem.status import in_words

    with session.alone(), terminal.progress() as progress:
        report = session.make_pass(progress, dry_run=dry_run, on_form_change=on_form_change)
    say_standing(terminal, report.standing)
    if dry_run:
        for change in report.changes:
            terminal.say(f"{change.kind}  {change.target}  {change.before} → {change.after}")
    terminal.say(summary_of(report, dry_run=dry_run))
    if report.left_to_people:
        terminal.say(f"Only people answer {'; '.join(report.left_to_people)}")
    _say_failures(terminal, report.failed)
    for warning in report.warnings:
        terminal.err.print(f"tandem: {warning}", highlight=False, markup=False, soft_wrap=True)
    numbers = asdict(report)
    del numbers["standing"]
    terminal.result({**numbers, "remaining": report.remaining, **in_words(report.standing)})
    return report


def _say_failures(terminal: Terminal, failed: Mapping[int, str] | Mapping[str, str]) -> None:
    if failed:
        task, reason = next(iter(failed.items()))
        terminal.say(f"{len(failed)} tasks got no prediction, such as task {task}: {reason}")
