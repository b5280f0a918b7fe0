"""The command `tandem sync`: passes of one project or several, once or until stopped."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import FAILED, Debug, Json, SettingsFile, command, speaking
from tandem.cli.failures import say_failures
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from routing.sync import FormDecision, SyncReport
    from tandem.pass_metrics import PassMetrics
    from tandem.session import Session


@dataclass(slots=True)
class _Project:
    """A project of the command, under the name that its settings file gives it.

    Attributes:
        last: What its last pass did; None: there was none, or it failed.
    """

    name: str
    session: "Session"
    last: "SyncReport | None" = None


@command("tandem sync", "tandem sync --dry-run", "tandem sync --watch --every 60 a.yaml b.yaml")
def sync(
    settings_files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE]...", help="Settings files of several projects."),
    ] = None,
    settings_file: SettingsFile = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change; write nothing.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until stopped.")] = False,
    every: Annotated[
        float, typer.Option(min=1, help="Seconds between passes of --watch; a webhook wakes it.")
    ] = 60.0,
    metrics_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="With --watch: serve /metrics on 127.0.0.1."),
    ] = None,
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
    """Do one pass: read people's answers, teach the model, decide, and bring tabs up to date.

    Without the ML backend, all that needs no model is done; the exit code is 1 then.
    """
    from labeling.errors import SettingsError

    with speaking(json=json, debug=debug) as terminal:
        if accept_form + refreeze + watch > 1:
            raise SettingsError(
                "--accept-form, --refreeze and --watch exclude each other", hint="Give one of them."
            )
        if metrics_port is not None and not watch:
            raise SettingsError("--metrics-port needs --watch", hint="Give both, or neither.")
        files = [*([settings_file] if settings_file else []), *(settings_files or [])]
        projects = _open(files or [None])
        if watch:
            _watch(projects, every, metrics_port, terminal)
            return
        decision: FormDecision | None = (
            "accept" if accept_form else "refreeze" if refreeze else None
        )
        _one_after_the_other(
            [partial(_one_pass, one.session, terminal, dry_run, decision) for one in projects],
            terminal,
        )


def _open(files: Sequence[Path | None]) -> list[_Project]:
    """Open the projects of the files.

    Raises:
        SettingsError: A file cannot be used, or two name the same project.
    """
    from labeling.errors import SettingsError
    from tandem.session import open_project

    projects: dict[tuple[str, int], _Project] = {}
    for file in files:
        name = file.with_suffix("").as_posix() if file else "tandem"
        session = open_project(file)
        key = session.settings.studio.url.rstrip("/"), session.studio.project_id
        if key in projects:
            raise SettingsError(
                f"Project {session.studio.project_id} is named twice",
                where=f"{projects[key].name}, {name}",
                hint="Give each project's settings file once.",
            )
        projects[key] = _Project(name, session)
    return list(projects.values())


def _one_after_the_other(passes: Sequence[Callable[[], bool]], terminal: Terminal) -> None:
    """Make a pass of each project, though one before it failed.

    Raises:
        typer.Exit: A pass failed, or did without the backend.
        Exception: The only pass failed.
    """
    from tandem.error_line import error_line

    whole = True
    for make_pass in passes:
        try:
            whole = make_pass() and whole
        except Exception as error:
            if len(passes) == 1:
                raise
            whole = False
            terminal.result({"error": error_line(error)})
            terminal.warn(error_line(error))
    if not whole:
        raise typer.Exit(FAILED)


def _watch(
    projects: Sequence[_Project], every: float, metrics_port: int | None, terminal: Terminal
) -> None:
    """Make passes of the projects in turn until stopped, and measure them."""
    from tandem.cli.watching import watch_projects
    from tandem.pass_metrics import PassMetrics
    from tandem.schedule import WatchedProject

    measures = PassMetrics([one.name for one in projects])

    def watched(one: _Project) -> WatchedProject:
        return WatchedProject(
            one.name,
            lambda: _watched_pass(one, measures, terminal),
            lambda: _events(one.session),
        )

    with measures.served(metrics_port):
        watch_projects([watched(one) for one in projects], every, terminal)


def _watched_pass(one: _Project, measures: "PassMetrics", terminal: Terminal) -> None:
    """Make a pass, and say it in one line that names the project and the pass."""
    from tandem.pass_summary import summary_of

    session, began, asked = one.session, time.monotonic(), _requests(one.session)
    try:
        with session.alone():
            report = one.last = session.make_pass(last=one.last)
    except Exception:
        one.last = None
        measures.failed(one.name, time.monotonic() - began, _requests(session) - asked)
        raise
    seconds, requests = time.monotonic() - began, _requests(session) - asked
    measures.done(one.name, report, seconds, requests)
    terminal.say(
        f"{one.name}: {summary_of(report)} {seconds:.1f} s, {requests} requests,"
        f" pass {session.backend.request_id}."
    )
    _say_problems(report, terminal, f"{one.name}: ")
    terminal.result(
        {
            "watched": one.name,
            "pass": session.backend.request_id,
            "seconds": round(seconds, 3),
            "requests": requests,
            **_numbers(report),
        }
    )


def _one_pass(
    session: "Session", terminal: Terminal, dry_run: bool, on_form_change: "FormDecision | None"
) -> bool:
    """Make a pass, and tell all about it; return whether the backend took part."""
    from tandem.cli.standing import say_standing
    from tandem.pass_summary import summary_of

    with session.alone(), terminal.progress() as progress:
        report = session.make_pass(progress, dry_run=dry_run, on_form_change=on_form_change)
    say_standing(terminal, report.standing)
    if dry_run:
        for change in report.changes:
            terminal.say(f"{change.kind}  {change.target}  {change.before} → {change.after}")
    terminal.say(summary_of(report, dry_run=dry_run))
    if report.left_to_people:
        terminal.say(f"Only people answer {'; '.join(report.left_to_people)}")
    _say_problems(report, terminal)
    terminal.result(_numbers(report))
    return report.backend_problem is None


def _say_problems(report: "SyncReport", terminal: Terminal, prefix: str = "") -> None:
    say_failures(terminal, report.failed)
    for warning in report.warnings:
        terminal.warn(f"{prefix}{warning}")
    if report.backend_problem:
        terminal.warn(f"{prefix}{report.backend_problem} Learning and new pre-labels wait for it.")


def _numbers(report: "SyncReport") -> dict[str, object]:
    """Return a report in the form of JSON."""
    from tandem.status import in_words

    numbers = asdict(report)
    del numbers["standing"], numbers["idle"]
    derived = {"backend_problem": report.backend_problem, "remaining": report.remaining}
    return {**numbers, **derived, **in_words(report.standing)}


def _requests(session: "Session") -> int:
    """Return how many requests the session made of both servers."""
    return session.studio.requests + session.backend.requests


def _events(session: "Session") -> int | None:
    """Ask the backend how many webhooks it got; None where it does not answer."""
    from labeling.errors import BackendUnreachable

    try:
        return session.backend.health().events
    except BackendUnreachable:
        return None
