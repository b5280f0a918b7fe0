"""The commands `tandem people disputes` and `decide`: known answers in doubt, and the decision."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking

if TYPE_CHECKING:
    from labeling.form.equivalence import Equivalence
    from routing.ledger.control_decisions import ControlDecision
    from tandem.people.disputes import Dispute

HOW = (
    "Decide with `tandem people decide NUMBER --keep`, `--accept ANSWER` (or `--said N`: what"
    " people said) or `--retire`; or have an expert answer the item."
)

_FOLLOWS = {
    "keep": "its known answer stands as its source has it, and it is asked again",
    "accept": "what was accepted counts as right too, and it is asked again",
    "retire": "nobody is asked it any more, and what was said of it counts for nothing",
}


@command("tandem people disputes", "tandem people disputes --json")
def disputes(settings_file: SettingsFile = None, json: Json = False, debug: Debug = False) -> None:
    """Show the control tasks whose known answer is in doubt, and what people said of them."""
    from tandem.people.disputes import decisions_on, disputes_of
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        with terminal.progress() as progress:
            snapshot = session.look(progress)
        found, equivalence = disputes_of(snapshot), snapshot.facts.equivalence
        earlier = decisions_on(session, [one.found.control.number for one in found])
        for one in found:
            for line in _lines(one, equivalence, earlier):
                terminal.say(line)
        terminal.say(HOW if found else "No known answer is in doubt.")
        terminal.result({"disputes": [_told(one, equivalence) for one in found]})


@command(
    "tandem people decide 12 --keep",
    "tandem people decide 12 --accept neutral",
    "tandem people decide 12 --said 1",
    "tandem people decide 12 --retire",
)
def decide(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="The control task's number.")],
    keep: Annotated[
        bool, typer.Option("--keep", help="The known answer stands, as its source has it.")
    ] = False,
    accept: Annotated[
        str | None,
        typer.Option(metavar="ANSWER", help="This is right too; as in a file of known answers."),
    ] = None,
    said: Annotated[
        int | None,
        typer.Option(metavar="N", help="What people said is right too: its place in `disputes`."),
    ] = None,
    retire: Annotated[bool, typer.Option("--retire", help="Ask it no more, count it no more.")] = (
        False
    ),
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Decide a known answer that is in doubt; answers so far are held against it at once."""
    from labeling.errors import SettingsError
    from tandem.people.disputes import decide as record
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        if sum([keep, accept is not None, said is not None, retire]) != 1:
            raise SettingsError(
                "One decision is needed",
                where="tandem people decide",
                hint="Give one of --keep, --accept ANSWER, --said N and --retire.",
            )
        session = open_project(settings_file)
        with session.alone():
            given = record(
                session,
                number,
                "keep" if keep else "retire" if retire else "accept",
                written=accept,
                place=said,
            )
        terminal.say(
            f"Control task {number}: {_FOLLOWS[given.verdict]}. Skills are worked out anew; whoever"
            " was paused by it alone is asked again from the next `tandem sync` on."
        )
        terminal.result({"decision": asdict(given)})


def _lines(
    one: "Dispute", equivalence: "Equivalence", earlier: "list[ControlDecision]"
) -> list[str]:
    """Return what somebody decides by, a line each."""
    told, control = _told(one, equivalence), one.found.control
    said = [
        f"{place}. {what['answer']}: {_people(what['people'])}"
        + (" (the known answer)" if what["is_accepted"] else "")
        for place, what in enumerate(told["said"], start=1)
    ]
    since = f"{control.retired_at:%Y-%m-%d}" if control.retired_at else ""
    return [
        f"Control task {control.number}, known from {control.origin}, in doubt since {since}",
        *(f"    {line}" for line in told["item"].splitlines()),
        f"  known answer: {' or '.join(told['accepted'])}"
        + (f" ({control.explanation})" if control.explanation else ""),
        f"  said: {' · '.join([*said, f'skipped: {_people(one.found.skipped)}'])}",
        *(
            f"  {word.at:%Y-%m-%d} {word.verdict}, by {word.by}"
            for word in earlier
            if word.control == control.number
        ),
        *([f"  for an expert: {one.address}"] if one.address else []),
    ]


def _told(one: "Dispute", equivalence: "Equivalence") -> dict[str, Any]:
    """Return a dispute in words, as a script is told it."""
    from tandem.report.wording import answer_in_words, item_in_words

    control = one.found.control
    item = equivalence.form.text_of(control.data)
    return {
        "number": control.number,
        "origin": control.origin,
        "since": control.retired_at,
        "item": item_in_words(equivalence, item),
        "accepted": [answer_in_words(equivalence, it, item) for it in control.accepted],
        "explanation": control.explanation,
        "said": [
            {
                "answer": answer_in_words(equivalence, it.answer, item),
                "people": it.people,
                "is_accepted": it.is_accepted,
            }
            for it in one.found.said
        ],
        "skipped": one.found.skipped,
        "address": one.address,
    }


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
