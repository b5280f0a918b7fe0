"""The command distill: a small, fast classifier of what the model learned, as a folder."""

from pathlib import Path
from typing import Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking


@command(
    "tandem distill --out student",
    "tandem distill --out student --control topic --license cc-by-4.0",
)
def distill(
    out: Annotated[Path, typer.Option(help="The folder to write; missing, or empty.")],
    control: Annotated[
        str | None, typer.Option(help="Which control it answers, where the form has several.")
    ] = None,
    licence: Annotated[
        str, typer.Option("--license", help="Of the texts and labels, for the card: cc-by-4.0, …")
    ] = "unknown",
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Make a small classifier of the model and people's answers; it runs without Tandem."""
    from routing.model.distil import distil_request
    from tandem.distilled import unpack
    from tandem.new_folder import require_new
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        require_new(out)
        session = open_project(settings_file)
        with terminal.progress() as progress:
            snapshot = session.look(progress)
        request = distil_request(snapshot, control, licence)
        terminal.say("The backend makes the student; this takes minutes.")
        files = unpack(session.backend.distil(request), out)
        terminal.say(f"Written: {out}. {out / 'README.md'} says how good it is.")
        terminal.say(f"Run it: pip install -r {out / 'requirements.txt'}")
        terminal.say(f"        python {out / 'predict.py'} texts.txt")
        terminal.result({"folder": str(out), "files": files})
