"""Pay: what each person earned in a period, by the prices of the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from labeling.settings.sections import CostSettings
from routing.work.active_time import TimedAnswer, hours_of
from routing.work.answers import WorkKind

CENT = Decimal("0.01")

PAID_AS: Mapping[WorkKind, str] = {"control": "controls", "training": "training"}
"""How the setting `quality.paid` calls what is paid beside labels."""


@dataclass(frozen=True, slots=True)
class PaidPart:
    """What somebody earned by one kind of work.

    Attributes:
        answers: Answers that were given; skips are none.
        skipped: Items that they skipped.
        hours: Of work, that on skipped items too.
        earned: What they earned, in whole cents; 0 where that kind is not paid.
    """

    answers: int
    skipped: int
    hours: float
    earned: Decimal


@dataclass(frozen=True, slots=True)
class PersonPay:
    """What somebody earned.

    Attributes:
        worker: The user.
        parts: By kind of work; every kind is there.
        estimated: Share of their times that were not measured but estimated, in [0, 1].
    """

    worker: int
    parts: Mapping[WorkKind, PaidPart]
    estimated: float

    @property
    def earned(self) -> Decimal:
        """What they earned in all: the sum of the parts."""
        return sum((one.earned for one in self.parts.values()), Decimal("0.00"))

    @property
    def hours(self) -> float:
        """Their hours of work in all, paid or not."""
        return sum(one.hours for one in self.parts.values())

    @property
    def per_hour(self) -> float | None:
        """What an hour of their work came to; None: they did none."""
        return float(self.earned) / self.hours if self.hours > 0 else None


def pay_of(
    worker: int, answers: Sequence[TimedAnswer], costs: CostSettings, paid: Sequence[str]
) -> PersonPay:
    """Return what somebody earned.

    By the answer, each one given is paid `costs.human_label`, and a skip nothing; by the hour,
    active time is paid `costs.pay_per_hour`, that on skipped items too.

    Args:
        worker: The user.
        answers: Their answers in the period.
        costs: The prices.
        paid: What is paid beside labels: `controls`, `training`, both or none.

    Returns:
        The pay, each part rounded to a cent.
    """
    kinds: tuple[WorkKind, ...] = ("label", "control", "training")
    parts = {}
    for kind in kinds:
        own = [one for one in answers if one.answer.kind == kind]
        is_paid = kind == "label" or PAID_AS[kind] in paid
        parts[kind] = _part(own, costs if is_paid else None)
    estimated = sum(one.is_estimated for one in answers) / len(answers) if answers else 0.0
    return PersonPay(worker, parts, estimated)


def _part(answers: Sequence[TimedAnswer], costs: CostSettings | None) -> PaidPart:
    given = sum(not one.answer.skipped for one in answers)
    hours = hours_of(answers)
    return PaidPart(given, len(answers) - given, hours, _earned(given, hours, costs))


def _earned(given: int, hours: float, costs: CostSettings | None) -> Decimal:
    if costs is None:
        return Decimal("0.00")
    by_the_hour = costs.pay_per_hour
    amount = (
        Decimal(str(costs.human_label)) * given
        if by_the_hour is None
        else Decimal(str(by_the_hour)) * Decimal(repr(hours))
    )
    return amount.quantize(CENT, ROUND_HALF_UP)
