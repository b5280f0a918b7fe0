"""The payout: who earned what in a period, whether it is fair by the hour, and the file of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from labeling.settings.settings import Settings
from routing.work.active_time import TimedAnswer
from routing.work.fairness import Fairness, fair_price, fairness_of
from routing.work.pay import PersonPay, pay_of
from tandem.export.tables import write_spreadsheet
from tandem.pages.formats import money

COLUMNS = (
    "email",
    "from",
    "to",
    "labels",
    "controls",
    "training",
    "skipped",
    "hours",
    "earned_labels",
    "earned_controls",
    "earned_training",
    "earned",
    "currency",
    "per_hour",
    "time_estimated",
)


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """What one person earned.

    Attributes:
        email: Whom it is for.
        pay: What they earned.
        fairness: How that stands to a fair hour; None: no floor is set, or they did not work.
    """

    email: str
    pay: PersonPay
    fairness: Fairness | None


@dataclass(frozen=True, slots=True)
class Payout:
    """What everybody earned in a period, days included at both ends.

    Attributes:
        lines: By address; who did nothing in the period is left out.
        currency: What the amounts are in.
        fair_price: The price a label that is fair at everybody's average time; None: no floor is
            set, pay is by the hour, or nobody worked.
    """

    begin: date
    end: date
    lines: Sequence[PayoutLine]
    currency: str
    fair_price: float | None


def payout_of(
    work: Sequence[TimedAnswer],
    emails: Mapping[int, str],
    settings: Settings,
    begin: date,
    end: date,
) -> Payout:
    """Return what everybody earned in a period; a day begins at this machine's midnight.

    Args:
        work: All that people did, of any time.
        emails: The address of each user.
        settings: The prices, and what is paid.
        begin: The first day.
        end: The last day.

    Returns:
        A line per person who did anything.
    """
    costs, floor = settings.costs, settings.costs.fair_per_hour
    of_period = [one for one in work if begin <= one.answer.at.astimezone().date() <= end]
    lines = []
    for worker in sorted({one.answer.worker for one in of_period}):
        own = [one for one in of_period if one.answer.worker == worker]
        pay = pay_of(worker, own, costs, settings.quality.paid)
        fairness = fairness_of(pay, own, work, costs)
        lines.append(PayoutLine(emails.get(worker, f"user {worker}"), pay, fairness))
    by_label = floor is not None and costs.pay_per_hour is None
    return Payout(
        begin,
        end,
        sorted(lines, key=lambda one: one.email),
        costs.currency,
        fair_price(of_period, floor) if by_label and floor is not None else None,
    )


def rows_of(payout: Payout) -> list[dict[str, Any]]:
    """Return the payout as rows with `COLUMNS`; amounts are plain numbers with two decimals."""
    return [
        {
            "email": one.email,
            "from": payout.begin.isoformat(),
            "to": payout.end.isoformat(),
            "labels": one.pay.parts["label"].answers,
            "controls": one.pay.parts["control"].answers,
            "training": one.pay.parts["training"].answers,
            "skipped": sum(part.skipped for part in one.pay.parts.values()),
            "hours": round(one.pay.hours, 4),
            "earned_labels": str(one.pay.parts["label"].earned),
            "earned_controls": str(one.pay.parts["control"].earned),
            "earned_training": str(one.pay.parts["training"].earned),
            "earned": str(one.pay.earned),
            "currency": payout.currency,
            "per_hour": None if one.pay.per_hour is None else round(one.pay.per_hour, 2),
            "time_estimated": round(one.pay.estimated, 4),
        }
        for one in payout.lines
    ]


def write_payout(payout: Payout, file: Path) -> Path:
    """Write the payout as a table that a spreadsheet opens and runs nothing of.

    Args:
        payout: Who earned what.
        file: Where to.

    Returns:
        The file.

    Raises:
        SettingsError: It cannot be written.
    """
    return write_spreadsheet(pd.DataFrame(rows_of(payout), columns=list(COLUMNS)), file)


def fairness_line(line: PayoutLine, currency: str, floor: float) -> str | None:
    """Say in one sentence what is not fair about somebody's pay; None: nothing is known to be.

    Args:
        line: What they earned.
        currency: What amounts are in.
        floor: The least that an hour should be paid.

    Returns:
        The sentence, to the admin.
    """
    if line.fairness is None or line.fairness.verdict == "fair" or line.pay.per_hour is None:
        return None
    found = line.fairness
    earned = f"{line.email} earned {money(line.pay.per_hour, currency)} an hour"
    below = f"{earned}, below the fair {money(floor, currency)}"
    match found.verdict:
        case "price" if found.fair_price is not None:
            return (
                f"{below}. The price is too low for these items: others need"
                f" {found.others_seconds:.0f} s for the same ones. Fair would be"
                f" {exact(found.fair_price, currency)} a label."
            )
        case "price":
            return f"{below}. The pay of an hour (costs.pay_per_hour) is too low."
        case "pace":
            return (
                f"{below}. On {found.shared} items that others answered, too, they took"
                f" {found.own_seconds:.0f} s and the others {found.others_seconds:.0f} s. Slower is"
                " not worse: some read with more care. Ask before you conclude anything."
            )
        case "unpaid":
            return f"{below}, since control tasks or training are not paid (quality.paid)."
        case _:
            return (
                f"{below}. Whether the price is too low cannot be told yet: others answered only"
                f" {found.shared} of these items."
            )


def exact(amount: float, currency: str) -> str:
    """Write a price a label to a tenth of a cent, rounded up, so that it is fair as written.

    >>> exact(0.0801, "$")
    '$0.081'
    """
    tenths = -int(-amount * 1000 // 1)
    figures = f"{tenths / 1000:.3f}"
    return f"{figures} {currency}" if currency.isalpha() else f"{currency}{figures}"
