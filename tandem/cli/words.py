"""The command that explains words: explain."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from tandem.cli.command import Debug, Json, command, speaking
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from tandem.words.dictionary import Word


@command("tandem explain", "tandem explain audit", "tandem explain votes owed --json")
def explain(
    word: Annotated[
        list[str] | None, typer.Argument(help="The word; none: the list of all words.")
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Explain a word that status, report and dashboard use."""
    from tandem.words.dictionary import chapters, find

    with speaking(json=json, debug=debug) as terminal:
        if word:
            found = find(" ".join(word))
            _say(terminal, found)
            terminal.result(asdict(found))
            return
        for chapter in chapters():
            terminal.say(f"{chapter.title}: {', '.join(one.name for one in chapter.words)}.")
        terminal.say("`tandem explain WORD` explains one of them.")
        terminal.result(
            {
                "chapters": [
                    {"title": chapter.title, "words": [asdict(one) for one in chapter.words]}
                    for chapter in chapters()
                ]
            }
        )


def _say(terminal: Terminal, word: "Word") -> None:
    forms = f" (also: {', '.join(word.also)})" if word.also else ""
    terminal.say(f"{word.name}{forms}: {word.plain}")
