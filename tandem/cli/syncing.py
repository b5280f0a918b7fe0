"""The command `tandem sync`: passes of one project or several, once or until stopped."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import FAILED, Debug, Json, SettingsFile, command, speaking
from tandem.cli.failures import say_failures
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from labeling.settings.settings import Settings
    from routing.model.client import BackendClient
    from routing.sync import FormDecision, SyncReport
    from tandem.pass_metrics import PassMetrics
    from tandem.session import Session


@dataclass
class _Project:
    """A project of the command, under the name that its settings file gives it.

    Attributes:
        last: What its last pass did; None: there was none, or it failed.
    """

    name: str
    settings: "Settings"
    last: "SyncReport | None" = None

    @cached_property
    def session(self) -> "Session":
        """Its doors and its ledger, opened when first asked for; again where that failed."""
        from tandem.session import open_session

        return open_session(self.settings)

    @property
    def requests(self) -> int:
        """How many requests were made of both its servers."""
        return self.session.requests if "session" in vars(self) else 0


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
    from labeling.logs.logging_to import logging_to

    with speaking(json=json, debug=debug) as terminal:
        if accept_form + refreeze + watch > 1:
            raise SettingsError(
                "--accept-form, --refreeze and --watch exclude each other", hint="Give one of them."
            )
        if dry_run and watch:
            raise SettingsError("--watch writes", hint="Give --dry-run without it.")
        if metrics_port is not None and not watch:
            raise SettingsError("--metrics-port needs --watch", hint="Give both, or neither.")
        files = [*([settings_file] if settings_file else []), *(settings_files or [])]
        projects = _load(files or [None])
        decision: FormDecision | None = (
            "accept" if accept_form else "refreeze" if refreeze else None
        )
        with logging_to(projects[0].settings.logs, is_attended=not watch):
            if watch:
                _watch(projects, every, metrics_port, terminal)
            else:
                passes = [partial(_one_pass, one, terminal, dry_run, decision) for one in projects]
                _one_after_the_other(passes, terminal)


def _load(files: Sequence[Path | None]) -> list[_Project]:
    """Load the settings of the files; nothing is asked of anybody yet.

    Raises:
        SettingsError: A file cannot be used, or two name the same project.
    """
    from labeling.errors import SettingsError
    from tandem.session import load_project

    projects: dict[tuple[str, int | None], _Project] = {}
    for file in files:
        name = file.with_suffix("").as_posix() if file else "tandem"
        settings = load_project(file)
        key = settings.studio.url.rstrip("/"), settings.studio.project
        if key in projects:
            raise SettingsError(
                f"Project {settings.studio.project} is named twice",
                where=f"{projects[key].name}, {name}",
                hint="Give each project's settings file once.",
            )
        projects[key] = _Project(name, settings)
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
    from routing.model.client import client_of
    from tandem.cli.watching import watch_projects
    from tandem.pass_metrics import PassMetrics
    from tandem.schedule import WatchedProject

    measures = PassMetrics([one.name for one in projects])

    def watched(one: _Project) -> WatchedProject:
        return WatchedProject(
            one.name,
            lambda: _watched_pass(one, measures, terminal),
            partial(_events, client_of(one.settings)),
        )

    with measures.served(metrics_port):
        watch_projects([watched(one) for one in projects], every)


def _watched_pass(one: _Project, measures: "PassMetrics", terminal: Terminal) -> None:
    """Make a pass, measure and log it, and tell a script what came of it."""
    from labeling.logs.request_id import request_id
    from tandem.pass_log import log_pass

    took = _begun(one)
    try:
        with one.session.alone():
            report = one.last = one.session.make_pass(last=one.last)
    except Exception:
        one.last = None
        measures.failed(one.name, *took())
        raise
    seconds, requests = took()
    measures.done(one.name, report, seconds, requests)
    log_pass(one.name, report, seconds, requests)
    terminal.result(
        {
            "watched": one.name,
            "pass": request_id(),
            "seconds": round(seconds, 3),
            "requests": requests,
            **_numbers(report),
        }
    )


def _one_pass(
    one: _Project, terminal: Terminal, dry_run: bool, on_form_change: "FormDecision | None"
) -> bool:
    """Make a pass, log it, and tell all about it; return whether the backend took part."""
    from tandem.cli.standing import say_standing
    from tandem.pass_log import log_failure, log_pass
    from tandem.pass_summary import summary_of, warnings_of

    took = _begun(one)
    try:
        with one.session.alone(), terminal.progress() as progress:
            report = one.session.make_pass(progress, dry_run=dry_run, on_form_change=on_form_change)
    except Exception as error:
        log_failure(one.name, error)
        raise
    if not dry_run:
        log_pass(one.name, report, *took())
    say_standing(terminal, report.standing, is_problem_warned=True)
    if dry_run:
        for change in report.changes:
            terminal.say(f"{change.kind}  {change.target}  {change.before} → {change.after}")
    terminal.say(summary_of(report, dry_run=dry_run))
    if report.left_to_people:
        terminal.say(f"Only people answer {'; '.join(report.left_to_people)}")
    say_failures(terminal, report.failed)
    for warning in warnings_of(report):
        terminal.warn(warning)
    terminal.result(_numbers(report))
    return report.backend_problem is None


def _begun(one: _Project) -> Callable[[], tuple[float, int]]:
    """Return what tells the seconds and the requests of a pass that begins now."""
    from labeling.logs.request_id import new_request_id

    new_request_id()  # one that gets no further is not logged under the id of the one before
    began, asked = time.monotonic(), one.requests
    return lambda: (time.monotonic() - began, one.requests - asked)


def _numbers(report: "SyncReport") -> dict[str, object]:
    """Return a report in the form of JSON."""
    from tandem.status import in_words

    numbers = asdict(report)
    del numbers["standing"], numbers["idle"]
    derived = {"backend_problem": report.backend_problem, "remaining": report.remaining}
    return {**numbers, **derived, **in_words(report.standing)}


def _events(backend: "BackendClient") -> int | None:
    """Ask a backend how many webhooks it got; None where it does not answer."""
    from labeling.errors import BackendUnreachable

    try:
        return backend.health().events
    except BackendUnreachable:
        return None
