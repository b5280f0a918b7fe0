"""Commands that work on the project: connect, prelabel, status."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.cli.failures import require_some, say_failures
from tandem.extras import require
from tandem.terminal import Terminal
from tandem.unpredicted import reasons_of

if TYPE_CHECKING:
    from labeling.settings.settings import Settings
    from routing.model.predictor import Predictor
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
    say_failures(terminal, report.failed)
    terminal.result({**asdict(report), "reasons": reasons_of(report.failed)})
    require_some(terminal, report.labelled, report.failed)


def _predict_file(
    terminal: Terminal,
    settings_file: SettingsFile,
    engine: str,
    tasks: Path | None,
    out: Path | None,
    label_config: Path | None,
) -> None:
    from labeling.errors import SettingsError
    from labeling.settings.load import load
    from tandem.export.offline import predict_file

    if tasks is None or out is None or label_config is None:
        raise SettingsError(
            "Tasks of a file need three options", hint="Give --tasks, --out and --label-config."
        )
    predictor = _predictor(load(settings_file), engine)
    with terminal.progress() as progress:
        report = predict_file(predictor, label_config.read_text("utf-8"), tasks, out, progress)
    terminal.say(f"{report.predicted} predictions in {out}; {report.there_before} were there.")
    say_failures(terminal, report.failed)
    terminal.result({**asdict(report), "reasons": reasons_of(report.failed)})
    require_some(terminal, report.predicted + report.there_before, report.failed)


def _predictor(settings: "Settings", engine: str) -> "Predictor":
    if engine == "ray":
        from backend.ray_predictor import RayPredictor

        return RayPredictor(settings)
    from routing.model.client import client_of

    return client_of(settings)


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
    from tandem.session import open_project

    return open_project(settings_file)
