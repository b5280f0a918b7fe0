"""The command `tandem people pay`: what people earned, and whether that is fair."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from tandem.cli.command import Debug, Json, SettingsFile, command, speaking


@command(
    "tandem people pay --from 2026-01-01 --to 2026-01-31 --out payout.csv",
    "tandem people pay --from 2026-01-01 --to 2026-01-31 --json",
)
def pay(
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    out: Annotated[
        Path | None, typer.Option(help="A CSV file for a spreadsheet; default: none is written.")
    ] = None,
    settings_file: SettingsFile = None,
    json: Json = False,
    debug: Debug = False,
) -> None:
    """Say what each person earned in a period, and whether that is fair by the hour."""
    from labeling.errors import SettingsError
    from tandem.people.payout import exact, fairness_line, payout_of, rows_of, write_payout
    from tandem.people.work import timed_work
    from tandem.session import open_project

    with speaking(json=json, debug=debug) as terminal:
        if end < begin:
            raise SettingsError(
                f"The period ends on {end:%Y-%m-%d}, before it begins on {begin:%Y-%m-%d}",
                where="--to",
                hint="Give the later day as --to.",
            )
        session = open_project(settings_file)
        with terminal.progress() as progress:
            snapshot = session.look(progress)
        emails = {id_: user.email for id_, user in snapshot.people.users.items()}
        payout = payout_of(timed_work(snapshot), emails, session.settings, begin.date(), end.date())
        rows = rows_of(payout)
        terminal.say(_table(rows) if rows else "Nobody worked in this period.")
        floor = session.settings.costs.fair_per_hour
        lines = [
            said
            for one in payout.lines
            if floor is not None and (said := fairness_line(one, payout.currency, floor))
        ]
        if payout.fair_price is not None and lines:
            lines.append(
                "At everybody's average time, a fair price is"
                f" {exact(payout.fair_price, payout.currency)} a label."
            )
        estimated = sum(one.pay.estimated > 0 for one in payout.lines)
        if estimated:
            lines.append(
                f"Of {estimated} people some times were not measured, and are estimated by their"
                " own median (column time_estimated)."
            )
        for line in lines:
            terminal.say(line)
        if out is not None:
            terminal.say(f"Written: {write_payout(payout, out)}")
        terminal.result({"people": rows, "says": lines, "file": str(out) if out else None})


def _table(rows: list[dict[str, Any]]) -> Table:
    from tandem.pages.formats import money

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("email")
    for column in ("labels", "controls", "training", "hours", "earned", "an hour"):
        table.add_column(column, justify="right", no_wrap=True)
    for one in rows:
        currency, per_hour = one["currency"], one["per_hour"]
        table.add_row(
            one["email"],
            str(one["labels"]),
            str(one["controls"]),
            str(one["training"]),
            f"{one['hours']:.2f}",
            money(float(one["earned"]), currency),
            "-" if per_hour is None else money(per_hour, currency),
        )
    return table
