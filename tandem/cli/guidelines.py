"""The command `tandem guidelines`: what the instruction should say more clearly."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking


@command("tandem guidelines", "tandem guidelines --out draft.md", "tandem guidelines --json")
def guidelines(
    out: Annotated[
        Path | None, typer.Option(help="A Markdown file for the draft; default: it is printed.")
    ] = None,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Draft what the instruction should say: where good people disagree, with the best examples."""
    from labeling.atomic_files import replacing
    from tandem.export.tables import into
    from tandem.guidelines.disagreements import disagreements
    from tandem.guidelines.draft import draft
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        with terminal.progress() as progress:
            snapshot = open_project(settings_file).look(progress)
        found = disagreements(snapshot.facts)
        text = draft(found, snapshot.facts.equivalence)
        if out is None:
            terminal.say(text)
        else:
            with into(out.parent), replacing(out) as file:
                file.write_text(text + "\n", "utf-8")
            terminal.say(f"Written: {out}. Edit it, and put it into the project's instruction.")
        terminal.result({**asdict(found), "draft": text, "file": str(out) if out else None})
