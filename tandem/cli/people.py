"""The commands `tandem people`: how everybody stands, and the admin's word about each of them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, SettingsFile, speaking

if TYPE_CHECKING:
    from tandem.people.state_change import Change

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
    """Show how everybody stands: state, answers, known answers, skill, speed, pay; or change it."""
    from tandem.people.table import below_fair, people_rows, table_of
    from tandem.people.work import timed_work
    from tandem.session import open_project
    from tandem.standing.people import person_lines

    if context.invoked_subcommand is not None:
        return
    with speaking(json=json, debug=debug) as terminal:
        with terminal.progress() as progress:
            snapshot = open_project(settings_file).look(progress)
        rows = people_rows(snapshot, timed_work(snapshot))
        terminal.say(table_of(rows) if rows else "Nobody is named under `reviewers`.")
        unfair = below_fair(rows, snapshot.settings.costs.fair_per_hour)
        for line in [*person_lines([one.standing for one in rows]), *([unfair] if unfair else [])]:
            terminal.say(line)
        terminal.result({"people": [one.as_json() for one in rows]})


@app.command()
def show(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Show how a person stands and works, and all that became of them, with the evidence."""
    from tandem.people.details import event_lines, work_lines, work_numbers
    from tandem.people.names import person_called
    from tandem.people.table import people_rows, table_of
    from tandem.people.work import timed_work, work_of_person
    from tandem.report.label_skills import label_skill_lines, skill_table
    from tandem.session import open_project
    from tandem.standing.people import person_line

    with speaking(json=json, debug=debug) as terminal:
        with terminal.progress() as progress:
            snapshot = open_project(settings_file).look(progress)
        worker = person_called(snapshot.people, name)
        given = timed_work(snapshot)
        rows = [one for one in people_rows(snapshot, given) if one.standing.worker == worker]
        work = work_of_person(snapshot, worker, given)
        events = [one for one in snapshot.person_events if one.worker == worker]
        terminal.say(table_of(rows) if rows else f"{name} reviews nothing here.")
        for row in rows:
            flags = [f"Flag: {flag}" for flag in row.standing.flags]
            skills = label_skill_lines(skill_table(snapshot.facts), row.standing.email)
            for line in [person_line(row.standing), *skills, *work_lines(work), *flags]:
                terminal.say(line)
        for line in event_lines(events):
            terminal.say(line)
        terminal.result(
            {
                **(rows[0].as_json() if rows else {}),
                "work": work_numbers(work),
                "events": [asdict(one) for one in events],
            }
        )


@app.command()
def pause(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Ask a person nothing new; what waits for them moves on to others, and their answers count."""
    _change("pause", name, "by the admin's word", settings_file, json=json, debug=debug)


@app.command()
def resume(
    name: Name, settings_file: SettingsFile = None, json: Json = False, debug: Debug = False
) -> None:
    """Take back what became of a person: they are asked again, and all their answers count."""
    _change("resume", name, "taken back by the admin", settings_file, json=json, debug=debug)


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
    _change("exclude", name, why, settings_file, json=json, debug=debug)


def _change(
    change: "Change", name: str, why: str, settings_file: SettingsFile, *, json: bool, debug: bool
) -> None:
    """Record a change of somebody's state, and say what follows."""
    from tandem.people.state_change import change_state
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        with session.alone():
            changed = change_state(session, change, name, why)
        terminal.say(changed.line)
        event = asdict(changed.event) if changed.event else None
        terminal.result(
            {
                "name": changed.name,
                "changed": event is not None,
                "says": changed.line,
                "event": event,
            }
        )
