"""Commands that set up: init, doctor, serve, demo."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.cli.shares import share
from tandem.extras import require
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from tandem.doctor import Finding

FAULTS = 3
COLOURS = {"ok": "green", "warning": "yellow", "fault": "red"}


@command("tandem init", "tandem init --url http://localhost:8080 --project 3 --yes")
def init(
    url: Annotated[
        str | None,
        typer.Option(help="Label Studio's address.", envvar="LABEL_STUDIO_URL", show_envvar=True),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(help="An access token.", envvar="LABEL_STUDIO_API_KEY", show_envvar=True),
    ] = None,
    project: Annotated[int | None, typer.Option(help="The project's number.")] = None,
    backend: Annotated[str | None, typer.Option(help="The ML backend's address.")] = None,
    reviewer: Annotated[
        list[str] | None, typer.Option(help="A reviewer's e-mail; may be repeated.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="bundled, a folder, a model of the Hub, or --server's."),
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="An OpenAI-compatible server that has the model.")
    ] = None,
    target_error: Annotated[
        float | None,
        typer.Option(parser=share, metavar="SHARE", help="At most so many labels are wrong: 5%."),
    ] = None,
    risk: Annotated[
        float | None, typer.Option(parser=share, metavar="SHARE", help="But for this probability.")
    ] = None,
    votes: Annotated[
        int | None, typer.Option(min=1, help="People that review an item at first.")
    ] = None,
    pay_per_hour: Annotated[
        float | None, typer.Option(min=0, help="The pay of an hour of a reviewer's work.")
    ] = None,
    pay_per_label: Annotated[
        float | None, typer.Option(min=0, help="Or, in its place, the price of one answer.")
    ] = None,
    earlier_answers: Annotated[
        Literal["votes", "controls", "ignore"] | None,
        typer.Option(help="What people's answers count as that were there before."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; take defaults.")] = False,
    unchecked: Annotated[
        bool, typer.Option("--unchecked", help="With --yes: do not ask Label Studio if it is so.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    debug: Debug = False,
) -> None:
    """Choose project, model, reviewers and promise; write tandem.yaml and the keys file."""
    from tandem.cli.interview import Wishes, interview
    from tandem.init import require_room, write_settings

    with speaking(debug=debug) as terminal:
        require_room(Path(), force=force)
        wishes = Wishes(
            url=url,
            key=key,
            project=project,
            backend=backend,
            reviewers=reviewer,
            model=model,
            server=server,
            target_error=target_error,
            risk=risk,
            votes=votes,
            pay_per_hour=pay_per_hour,
            human_label=pay_per_label,
            earlier_answers=earlier_answers,
        )
        answers = interview(wishes, is_silent=yes, is_checked=not unchecked)
        for file in write_settings(Path(), answers, force=force):
            terminal.say(f"Written: {file}")
        terminal.say("Next: tandem doctor")


@command("tandem doctor", "tandem doctor --json")
def doctor(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Check everything before work begins; say what is wrong, and how to fix it."""
    from labeling.settings.load import load
    from tandem.doctor import as_dict, examine
    from tandem.session import require_file

    with speaking(json=json, debug=debug) as terminal:
        findings = []
        settings = load(settings_file)
        require_file(settings, settings_file)
        for finding in examine(settings):
            findings.append(finding)
            _say_finding(terminal, finding)
        terminal.result({"findings": [as_dict(finding) for finding in findings]})
        if any(finding.status == "fault" for finding in findings):
            raise typer.Exit(FAULTS)


def _say_finding(terminal: Terminal, finding: "Finding") -> None:
    where = f" ({finding.where})" if finding.where else ""
    status = (f"{finding.status:8}", COLOURS[finding.status])
    terminal.say(Text.assemble(status, f" {finding.name}: {finding.what}{where}"))
    if finding.hint and finding.status != "ok":
        terminal.say(f"         → {finding.hint}")


@command("tandem serve", "TANDEM_BACKEND__PORT=9091 tandem serve")
def serve(settings_file: SettingsFile = None, debug: Debug = False) -> None:
    """Run the ML backend: one process that owns the model, until stopped."""
    with speaking(debug=debug):
        require("backend", "tandem serve")
        from backend.engines import identify
        from backend.preflight import require_servable
        from labeling.settings.load import load

        settings = load(settings_file)
        identify(settings)
        require_servable(settings)
        # What serves takes seconds to import, which somebody who is told no need not wait for.
        from backend.gunicorn.server import serve as serve_backend

        serve_backend(settings)


@command("tandem demo", "tandem demo --once", "tandem demo --you-review")
def demo(
    once: Annotated[bool, typer.Option("--once", help="Exit after the table.")] = False,
    you_review: Annotated[
        bool, typer.Option("--you-review", help="No simulated reviewers: you label.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Show the whole job on a Label Studio of its own, with reviewers who are simulated."""
    with speaking(debug=debug) as terminal:
        require("demo", "tandem demo")
        from tandem.demo.run import run

        run(terminal, once=once, you_review=you_review)
