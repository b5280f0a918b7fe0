"""Commands about whose project it is: adopt, disconnect."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.disconnect.parts import Part

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before it is done.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the table; write nothing.")]


def _keep(what: str) -> Any:
    return typer.Option(f"--keep-{what.replace(' ', '-')}", help=f"Leave the {what} as it is.")


@command("tandem adopt --dry-run", "tandem adopt", "tandem adopt --yes --json")
def adopt(
    settings_file: SettingsFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Rebuild a lost ledger from what Label Studio holds, and keep the project in it."""
    from routing.adoption.account import account_of
    from routing.adoption.adopt import adopt as take_over
    from routing.adoption.adopt import plan
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        with session.alone():
            with terminal.progress() as progress:
                found = plan(session.studio, session.ledger, session.settings, progress)
            lines = account_of(found)
            table = Table("what", "how many", "is", "", box=None, padding=(0, 2, 0, 0))
            for one in lines:
                fate = "regained" if one.is_regained else "lost"
                table.add_row(one.what, "" if one.count is None else str(one.count), fate, one.note)
            terminal.say(table)
            if not dry_run:
                confirm(terminal, f"Keep the project in {session.ledger.address}?", yes=yes)
                take_over(found)
                terminal.say("Adopted. Go on with `tandem sync`.")
        terminal.result(
            {
                "project": found.snapshot.project.id,
                "done": not dry_run,
                "lines": [asdict(one) for one in lines],
            }
        )


@command("tandem disconnect --dry-run", "tandem disconnect", "tandem disconnect --model-user --yes")
def disconnect(
    settings_file: SettingsFile = None,
    keep_backend: Annotated[bool, _keep("backend")] = False,
    keep_tabs: Annotated[bool, _keep("tabs")] = False,
    keep_blind_project: Annotated[bool, _keep("blind project")] = False,
    keep_training_project: Annotated[bool, _keep("training project")] = False,
    keep_predictions: Annotated[bool, _keep("predictions")] = False,
    keep_settings: Annotated[bool, _keep("settings")] = False,
    model_user: Annotated[
        bool, typer.Option("--model-user", help="Take off the model's user and its labels, too.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Take Tandem off the project; people's annotations stay as they are, and the ledger, too."""
    from routing.clock import system_clock
    from routing.disconnect.disconnect import disconnect as take_off
    from routing.disconnect.inventory import take_inventory
    from routing.disconnect.parts import Choice
    from routing.disconnect.removal import Removal
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        choice = Choice(
            backend=not keep_backend,
            tabs=not keep_tabs,
            blind_project=not keep_blind_project,
            training_project=not keep_training_project,
            predictions=not keep_predictions,
            settings=not keep_settings,
            model_user=model_user,
        )
        session = open_project(settings_file)
        with session.alone():
            with terminal.progress() as progress:
                found = take_inventory(session.studio, session.ledger, session.settings, progress)
            removal = Removal(
                found,
                choice,
                session.studio,
                session.ledger,
                session.settings.data_dir,
                progress,
                system_clock,
            )
            parts = removal.parts()
            is_nothing = not any(one.goes for one in parts)
            terminal.say(_table(parts))
            if is_nothing:
                terminal.say("There is nothing of Tandem's to take off.")
            elif not dry_run:
                confirm(terminal, "Take off what goes?", yes=yes)
                take_off(session.ledger, parts)
                terminal.say(
                    f"Tandem is off project {found.project.id}; {session.ledger.address} stays,"
                    " and goes on where it was after `tandem connect`."
                )
        terminal.result(
            {
                "project": found.project.id,
                "done": not dry_run and not is_nothing,
                "parts": [_as_dict(one) for one in parts],
            }
        )


def confirm(terminal: Terminal, question: str, *, yes: bool) -> None:
    """Ask before something is done that cannot be taken back.

    Args:
        terminal: Who is asked.
        question: What.
        yes: Do not ask.

    Raises:
        SettingsError: Nobody can be asked, since a script reads what is printed.
        typer.Abort: The answer is no.
    """
    from labeling.errors import SettingsError

    if yes:
        return
    if terminal.json:
        raise SettingsError(
            "Nobody can be asked where one JSON object is printed",
            hint="Give --yes as well, or --dry-run to see what would be done.",
        )
    typer.confirm(question, abort=True)


def _table(parts: "Sequence[Part]") -> Table:
    table = Table("what", "how many", "then", "", box=None, padding=(0, 2, 0, 0))
    for one in parts:
        table.add_row(one.what, str(one.count), "goes" if one.goes else "stays", one.note)
    return table


def _as_dict(part: "Part") -> dict[str, Any]:
    return {"what": part.what, "count": part.count, "goes": part.goes, "note": part.note}
