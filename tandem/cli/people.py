"""The commands `tandem people`: how everybody stands, and the admin's word about each of them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.standing.standing import PersonStanding
    from tandem.people.state_change import Word

Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="A first name, a whole name or an address, where it means one person."
    ),
]

EPILOG = (
    "Examples: tandem people · tandem people show carl · tandem people exclude carl --why"
    ' "two people used one account" · tandem people resume carl'
)

app = typer.Typer(name="people", epilog=EPILOG, invoke_without_command=True)


@app.callback()
def people(
    context: typer.Context,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Show how everybody stands: state, answers, known answers, skill, speed; or change it."""
    from tandem.standing.people import person_lines

    if context.invoked_subcommand is not None:
        return
    with speaking(json=json, debug=debug) as terminal:
        found = _standing(settings_file)
        terminal.say(table_of(found) if found else "Nobody is named under `reviewers`.")
        for line in person_lines(found):
            terminal.say(line)
        terminal.result({"people": [asdict(one) for one in found]})


@app.command()
def show(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Show how a person stands, and all that became of them, with the evidence."""
    from routing.ledger.people import person_events
    from tandem.people.state_change import called
    from tandem.session import open_project
    from tandem.standing.people import person_line

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        worker = called(session, name)
        found = _standing(settings_file, worker)
        events = [one for one in person_events(session.ledger) if one.worker == worker]
        terminal.say(table_of(found))
        for one in found:
            terminal.say(person_line(one))
            for flag in one.flags:
                terminal.say(f"Flag: {flag}")
        for event in events:
            by = event.by or "Tandem"
            terminal.say(f"{event.at:%Y-%m-%d %H:%M} {event.state}, by {by}: {event.reason}")
            for key, value in (event.evidence or {}).items():
                terminal.say(f"    {key}: {value}")
        terminal.result(
            {**(asdict(found[0]) if found else {}), "events": [asdict(one) for one in events]}
        )


@app.command()
def pause(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Ask a person nothing new; what waits for them moves on to others, and their answers count."""
    _give("pause", name, "by the admin's word", settings_file, json=json, debug=debug)


@app.command()
def resume(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Take back what became of a person: they are asked again, and all their answers count."""
    _give("resume", name, "taken back by the admin", settings_file, json=json, debug=debug)


@app.command()
def exclude(
    name: Name,
    why: Annotated[str, typer.Option("--why", help="The reason, which stays in the ledger.")],
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Count a person's answers no more, and ask others instead; nothing in Label Studio changes.

    Never exclude anybody because their audits contradict the model: the promise would mean nothing.
    """
    _give("exclude", name, why, settings_file, json=json, debug=debug)


def table_of(people: "Sequence[PersonStanding]") -> Table:
    """Return how people stand as a table, one row a person."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("name", "state", "answers", "waiting", "controls", "skill", "median", "flags"):
        table.add_column(column, overflow="fold")
    for one in people:
        table.add_row(
            one.name,
            one.state,
            str(one.answers),
            str(one.waiting),
            f"{one.right} of {one.controls}" if one.controls else "-",
            _skill(one),
            f"{one.seconds:.0f} s" if one.seconds is not None else "-",
            str(len(one.flags)) if one.flags else "-",
        )
    return table


def _skill(one: "PersonStanding") -> str:
    if one.skill is None or one.low is None or one.high is None:
        return "-"
    return f"{one.skill:.0%} ({one.low:.0%} to {one.high:.0%})"


def _standing(settings_file: Any, worker: int | None = None) -> "list[PersonStanding]":
    """Return how everybody stands, or one of them alone."""
    from routing.standing.people import people_standing
    from tandem.session import open_project

    found = people_standing(open_project(settings_file).look())
    return [one for one in found if worker in (None, one.worker)]


def _give(
    word: "Word", name: str, why: str, settings_file: SettingsFile, *, json: bool, debug: bool
) -> None:
    """Record the admin's word about a person, and say what follows."""
    from tandem.people.state_change import give_word
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        with session.alone():
            given = give_word(session, word, name, why)
        terminal.say(given.line)
        terminal.result({"name": given.name, "changed": given.event is not None, **_told(given)})


def _told(given: Any) -> dict[str, Any]:
    return {"says": given.line, "event": asdict(given.event) if given.event else None}
