"""The command `tandem people page`: each person's own page."""

import re
from pathlib import Path
from typing import Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking


@command(
    "tandem people page ada --out ada.html",
    "tandem people page --all pages",
)
def page(
    name: Annotated[
        str | None,
        typer.Argument(help="A first name, a whole name or an address of one reviewer."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The page to write.")] = None,
    everybody: Annotated[
        Path | None, typer.Option("--all", help="A folder for the pages of all reviewers.")
    ] = None,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Write a person's own page: their work, their pay, and where they and the consensus differ."""
    from labeling.errors import SettingsError
    from tandem.people.names import person_called
    from tandem.people.page.data import person_page
    from tandem.people.page.page import write_page
    from tandem.people.work import timed_work
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        if (name is None) == (everybody is None):
            raise SettingsError(
                "It is not said whose page to write",
                hint="Name one reviewer, or give a folder for all of them with --all.",
            )
        session = open_project(settings_file)
        with terminal.progress() as progress:
            snapshot = session.look(progress)
        people, work = snapshot.people, timed_work(snapshot)
        files = {}
        if name is not None:
            worker = person_called(people, name)
            files[worker] = out or Path(f"{_slug(people.users[worker].email)}.html")
        elif everybody is not None:
            for one in people.reviewers:
                email = people.users[one.worker].email
                files[one.worker] = everybody / f"{_slug(email)}-{one.worker}.html"
        for worker, file in files.items():
            written = write_page(person_page(snapshot, worker, work), file)
            terminal.say(f"Written: {written}")
        terminal.result({"files": [str(one) for one in files.values()]})


def _slug(email: str) -> str:
    """Return what stands before the `@`, as a file may be called anywhere."""
    return re.sub(r"[^\w-]+", "-", email.partition("@")[0]).strip("-") or "person"
