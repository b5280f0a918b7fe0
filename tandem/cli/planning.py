"""The command that plans: what promises will take, or which one a budget or deadline allows."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking
from tandem.terminal import Terminal

if TYPE_CHECKING:
    from routing.planning.costs import Rates
    from routing.planning.effort import Effort, GroupOutlook, Option, Outlook
    from routing.planning.worth_of_checking import Worth

COLUMNS = (
    "Wrong",
    "Kept",
    "Reviews",
    "Audits",
    "Batches",
    "Labels",
    "From",
    "To",
    "Money",
    "Hours",
    "Days",
)


@command("tandem plan", "tandem plan --budget 200", "tandem plan --days 5 --json")
def plan(
    settings_file: SettingsFile = None,
    target: Annotated[
        list[float] | None,
        typer.Option(min=0.001, max=0.5, help="An error rate to plan for; may be repeated."),
    ] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="Money from now on: the best promise for it.")
    ] = None,
    days: Annotated[
        float | None, typer.Option(min=0, help="Working days from now on: the best promise then.")
    ] = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Forecast what several promises still take of people, money and days; or turn it round."""
    from routing.planning.effort import TARGETS, best_option, outlook
    from routing.standing.compute import standing_of
    from tandem.session import open_project
    from tandem.standing.learning import learning_lines
    from tandem.standing.people import person_lines
    from tandem.standing.sentences import sentences

    with speaking(json=json, debug=debug) as terminal:
        session = open_project(settings_file)
        with terminal.progress() as progress:
            snapshot = session.look(progress)
        standing = standing_of(snapshot)
        ahead = outlook(snapshot.facts, target or TARGETS, standing.controls)
        now, people = sentences(standing), person_lines(standing.people)
        learns = learning_lines(standing.learning)
        content = {"says": now, "people": people, "learns": learns, **in_numbers(ahead)}
        is_limited = budget is not None or days is not None
        if is_limited:
            best = best_option(snapshot.facts, budget=budget, days=days)
            terminal.say(_best_in_words(ahead, best))
            content["best"] = _option_in_numbers(best) if best else None
        else:
            for line in [*now, *people]:
                terminal.say(line)
            say(terminal, ahead)
            for line in learns:
                terminal.say(line)
        terminal.result(content)


def say(terminal: Terminal, ahead: "Outlook") -> None:
    """Print an outlook for a person.

    Args:
        terminal: Where it is printed.
        ahead: What promises still take.
    """
    at = ahead.rates
    terminal.say(f"Spent so far: {_in_words(at, ahead.spent)}.")
    terminal.say(f"From now on, people alone without the model: {_in_words(at, ahead.alone)}.")
    for number, one in ahead.audits.items():
        terminal.say(
            f"Population {number}, at most {one.promise.error:.1%} wrong: its audits still take"
            f" {_in_words(at, one.expected)} {_interval(one)}."
        )
    if ahead.options:
        terminal.say(_basis_in_words(ahead))
        terminal.say(_table(ahead))
    for line in [*_refusals(ahead), *groups_in_words(ahead), *controls_in_words(ahead)]:
        terminal.say(line)


def in_numbers(ahead: "Outlook") -> dict[str, Any]:
    """Return an outlook in the form of JSON."""
    return {
        "tasks": ahead.tasks,
        "answers": ahead.answers,
        "calibrated": ahead.is_calibrated,
        "risk": ahead.risk,
        "rates": asdict(ahead.rates),
        "spent": asdict(ahead.spent),
        "people_alone": asdict(ahead.alone),
        "promises": [_option_in_numbers(one) for one in ahead.options],
        "audits": {str(number): _option_in_numbers(one) for number, one in ahead.audits.items()},
        "groups": {
            str(one.group): {"tasks": one.tasks, **_option_in_numbers(one.option)}
            for one in ahead.groups
        },
        "control_tasks": asdict(ahead.controls) if ahead.controls else None,
    }


def _option_in_numbers(one: "Option") -> dict[str, Any]:
    promise = one.promise
    return {
        "error": promise.error,
        "can_be_promised": promise.is_worth or promise.error == 0,
        "left": promise.left,
        "share": one.share,
        "reviews": promise.reviews,
        "audits": promise.audits,
        "batches": promise.batches,
        "expected": asdict(one.expected),
        "low": asdict(one.low),
        "high": asdict(one.high),
    }


def _basis_in_words(ahead: "Outlook") -> str:
    rests_on = (
        f"{ahead.answers} answered tasks"
        if ahead.is_calibrated
        else "the model's UNCALIBRATED confidence, since nobody taught it yet"
    )
    return (
        f"From now on, with probability {1 - ahead.risk:.1%}, by {rests_on}: what share may be"
        " wrong, what the model keeps, and what it takes of people (90% interval: from, to)."
        " Audits are asked in batches, each once the one before is answered; one batch less is"
        f" worth {ahead.round_price:g} labels (policy.batch)."
    )


def _refusals(ahead: "Outlook") -> list[str]:
    """Return, in words, what cannot be promised, why, and what it takes all the same."""
    refused = [one.promise.error for one in ahead.options if not one.promise.is_worth]
    if not refused:
        return []
    too_few = [error for error in refused if error * ahead.tasks < 1]
    too_weak = [error for error in refused if error * ahead.tasks >= 1]
    reasons = (
        (too_few, f"of {ahead.tasks} tasks not one may be wrong"),
        (too_weak, "it would keep hardly more labels than may be wrong anyhow"),
    )
    return [
        *(
            f"{', '.join(f'{error:.1%}' for error in errors)} cannot be promised with the model's"
            f" help: {why}."
            for errors, why in reasons
            if errors
        ),
        f"There, people have to label everything: {_in_words(ahead.rates, ahead.alone)}.",
    ]


def groups_in_words(ahead: "Outlook") -> list[str]:
    """Return what the settings' promise takes of each open group, a line each."""
    return [
        f"{one.group}, {one.tasks} tasks, at most {one.option.promise.error:.1%} wrong:"
        f" {_in_words(ahead.rates, one.option.expected)} {_interval(one.option)};"
        f" {_group_s_outcome(one)}."
        for one in ahead.groups
    ]


def controls_in_words(ahead: "Outlook") -> list[str]:
    """Return what control tasks take beside the labels above, and what they are worth.

    A line for each; none without control tasks.
    """
    controls = ahead.controls
    if controls is None:
        return []
    to_come = f", so at most {_in_answers(ahead, controls.expected)}" if controls.expected else ""
    return [
        f"Control tasks come on top: {_in_answers(ahead, controls.spent)} so far; from now on"
        f" {controls.share:.1%} of what is asked{to_come}. They are no labels.",
        *(worth_in_words(one) for one in controls.worth),
    ]


def worth_in_words(one: "Worth") -> str:
    """Return, in words, whom control tasks find, and what that spares."""
    half = (
        f"; half of such people are found within {one.half} control tasks"
        if one.half is not None
        else ""
    )
    return (
        f"What they are worth: somebody who is right in {one.skill:.0%} of the items would give"
        f" {one.wrong:.0f} wrong answers among {one.answers:.0f}, an equal share of the work."
        f" With {one.controls} control tasks beside these, at most, they are found with a"
        f" probability of {one.found:.0%} or more{half}. {one.spared:.0f} of the wrong answers are"
        " expected to be spared by their pause."
    )


def _in_answers(ahead: "Outlook", one: "Effort") -> str:
    return f"{one.labels:.0f} answers, {ahead.rates.currency}{one.money:.2f}, {one.hours:.1f} hours"


def _group_s_outcome(one: "GroupOutlook") -> str:
    """Say what the model is to keep of a group."""
    if one.option.promise.is_worth:
        return f"the model keeps {one.option.share:.0%}"
    if not one.allowed:
        return "not one of so few may be wrong, so people label all of it"
    return "audits would cost as much as labels, so people label all but what may be wrong anyhow"


def _best_in_words(ahead: "Outlook", best: "Option | None") -> str:
    if not ahead.options:
        return "There is no open task with a prediction, so no promise can be planned."
    if best is None:
        return "No promise fits: even the loosest takes more."
    if best.promise.error == 0:
        return f"People can label everything: {_in_words(ahead.rates, best.expected)}."
    return (
        f"At most {best.promise.error:.1%} wrong, with probability {1 - ahead.risk:.1%}:"
        f" {_in_words(ahead.rates, best.expected)}, as expected {_interval(best)};"
        f" the model keeps {best.share:.0%} of {ahead.tasks} labels."
        + ("" if ahead.is_calibrated else " The model is UNCALIBRATED: nobody taught it yet.")
        + ("" if best.promise.is_worth else " These are hardly more than may be wrong anyhow.")
    )


def _table(ahead: "Outlook") -> Table:
    at = ahead.rates
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for one in ahead.options:
        promise = one.promise
        table.add_row(
            f"≤ {promise.error:.1%}",
            f"{one.share:.0%}" if promise.is_worth else "none",
            str(promise.reviews),
            str(promise.audits),
            f"{promise.batches:.0f}",
            *(f"{labels:.0f}" for labels in (promise.labels, promise.low, promise.high)),
            *_amounts(at, one.expected),
        )
    labels = f"{ahead.alone.labels:.0f}"
    table.add_row("people", "", "", "", "", labels, labels, labels, *_amounts(at, ahead.alone))
    return table


def _amounts(at: "Rates", one: "Effort") -> tuple[str, str, str]:
    return f"{at.currency}{one.money:.2f}", f"{one.hours:.1f}", f"{one.days:.1f}"


def _interval(one: "Option") -> str:
    return f"({one.low.labels:.0f} to {one.high.labels:.0f} labels)"


def _in_words(at: "Rates", one: "Effort") -> str:
    return (
        f"{one.labels:.0f} human labels, {at.currency}{one.money:.2f},"
        f" {one.hours:.1f} hours, {one.days:.1f} days"
    )
