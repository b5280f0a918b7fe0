"""The command `tandem check`: which labels that stand are probably wrong, and why."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routing.label_check.held_out_beliefs import BelievedProject
    from routing.studio.models import StudioProject
    from tandem.check.findings import CheckResult, Finding
    from tandem.session import Session
    from tandem.terminal import Terminal

SHOWN = 20
"""The most suspect labels that the table has."""

LISTED = 100
"""Those that a script is told; a file has all."""

WIDEST_TEXT = 60
"""Characters of a text in the table."""


@command(
    "tandem check",
    "tandem check --ask 20 --out suspects.html",
    "tandem check --review 40",
)
def check(
    settings_file: SettingsFile = None,
    review: Annotated[
        int, typer.Option(min=0, help="Have people review the most suspect, so many at a time.")
    ] = 0,
    ask: Annotated[
        int, typer.Option(min=0, help="Have the model say why, of so many of the most suspect.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="A file of all suspected labels: ….csv, or a page.")
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Find labels that are probably wrong; without --review, nothing is written to Label Studio."""
    from tandem.check.files import write_findings
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        project, believed, result = _look(session, terminal)
        result = _asked(session, terminal, project.id, result, ask) if ask else result
        findings = result.findings(LISTED)
        _say(terminal, result, findings[:SHOWN])
        if believed.backend_problem:
            terminal.warn(f"The model's belief is not known: {believed.backend_problem}")
        elif believed.without_belief:
            terminal.say(f"Of {believed.without_belief} labels people's votes alone speak.")
        file = write_findings(result, project.title, out) if out else None
        if file:
            terminal.say(f"Written: {file}")
        given = _review(session, terminal, result, review) if review else None
        terminal.result(
            {
                "labels": len(result.suspicions),
                "ambiguous": result.ambiguous,
                "no_single_truth": result.opinions,
                "errors": asdict(result.errors.before),
                "without_belief": believed.without_belief,
                "backend_problem": believed.backend_problem,
                "not_in_text": result.ungrounded,
                "asked_model": result.model or None,
                "findings": [asdict(one) for one in findings],
                "file": str(file) if file else None,
                "review": given,
            }
        )


def _look(
    session: "Session", terminal: "Terminal"
) -> "tuple[StudioProject, BelievedProject, CheckResult]":
    from routing.label_check.held_out_beliefs import with_held_out_beliefs
    from tandem.check.findings import check as check_labels

    with terminal.progress() as progress:
        snapshot = session.look(progress)
    believed = with_held_out_beliefs(snapshot, session.backend)
    return snapshot.project, believed, check_labels(believed.facts)


def _asked(
    session: "Session", terminal: "Terminal", project: int, result: "CheckResult", count: int
) -> "CheckResult":
    """Ask the model about the most suspect labels; where it cannot be asked, that is said."""
    from labeling.errors import BackendUnreachable
    from tandem.check.model_reasons import with_model_reasons

    try:
        with terminal.progress() as progress:
            result = with_model_reasons(result, session.backend, project, count, progress)
    except BackendUnreachable as error:
        terminal.warn(f"The model gave no reasons: {error}")
        return result
    given = sum("reason" in one for one in result.judged.values())
    terminal.say(
        f"{result.model} gave a reason for {given} of {len(result.judged)} labels. Nothing vouches"
        " for what it says, and no probability rests on it."
    )
    return result


def _say(terminal: "Terminal", result: "CheckResult", findings: "Sequence[Finding]") -> None:
    errors = result.errors.before
    terminal.say(
        f"Of {len(result.suspicions)} labels, about {errors.expected:.0f} are wrong"
        f" ({errors.low:.0f} to {errors.high:.0f})."
    )
    if result.opinions:
        terminal.say(
            f"{result.opinions} more are people's opinion: there is no single truth to them, and"
            " some people would say the same."
        )
    if result.ambiguous:
        terminal.say(f"On {result.ambiguous} more people differ; these are not counted as wrong.")
    if result.ungrounded:
        tasks = ", ".join(map(str, result.ungrounded[:SHOWN]))
        terminal.say(
            f"{len(result.ungrounded)} of {len(result.grounded)} labels say what does not stand in"
            f" their text, such as those of the tasks {tasks}."
        )
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("task", "wrong", "label", "rather", "kind", "why", "text"):
        table.add_column(column)
    model = result.model
    for one in findings:
        text = " ".join(one.text.split())
        cells = (
            str(one.task),
            f"{one.probability:.0%}",
            one.label,
            one.other or "-",
            one.kind,
            f"{one.reason}\n{model} says: {one.model_reason}" if one.model_reason else one.reason,
            text if len(text) <= WIDEST_TEXT else f"{text[: WIDEST_TEXT - 1]}…",
        )
        table.add_row(*map(escape, cells))
    if findings:
        terminal.say(table)


def _review(
    session: "Session", terminal: "Terminal", result: "CheckResult", count: int
) -> dict[str, object]:
    """Give suspected labels to people, and make the pass that asks them."""
    from routing.label_check.disputes import dispute_labels
    from tandem.cli.standing import say_standing

    with session.alone(), terminal.progress() as progress:
        snapshot = session.claim(progress)
        given = dispute_labels(snapshot, result.suspicions, result.standing, count)
        report = session.make_pass(progress)
    at_random = sum(one.is_random for one in given.new)
    terminal.say(
        f"{len(given.new)} labels are given to people now, {at_random} of them picked at random to"
        f" estimate the errors by; {given.waiting} of earlier checks wait for people."
    )
    say_standing(terminal, report.standing)
    return {
        "given": [asdict(one) for one in given.new],
        "waiting": given.waiting,
        "owed": report.owed,
    }
