"""Whether pay is fair by the hour, and whether the price is at fault where it is not.

Who earns less an hour than is fair may do so because the items take everybody long, or because they
take longer than others for the same items. The first is a fault of the price. The two are told
apart on the items that others answered, too: had others not earned a fair hour by these items
either, the price is too low. The others' time for an item is the median of their times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Literal

from labeling.settings.sections import CostSettings
from routing.work.active_time import TimedAnswer
from routing.work.pay import PersonPay

ENOUGH_SHARED = 10
"""Items that others must have answered, too, before a person's pace is compared with theirs."""

Verdict = Literal["fair", "price", "pace", "unpaid", "unknown"]
"""*Fair*: the floor is reached; *price*: others would not reach it by the same items, either;
*pace*: others would; *unpaid*: it is reached but for work that the settings do not pay; *unknown*:
too few items were answered by others, too."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """How somebody's pay an hour stands to what is fair.

    Attributes:
        verdict: How it stands, and why.
        shared: Items that others answered, too.
        own_seconds: Their mean time for one of these.
        others_seconds: The others' time for the same items, on average.
        fair_price: The price a label at which the others' hour of the same items is fair; None:
            it is not known, or pay is by the hour.
    """

    verdict: Verdict
    shared: int = 0
    own_seconds: float | None = None
    others_seconds: float | None = None
    fair_price: float | None = None


def fairness_of(
    pay: PersonPay,
    answers: Sequence[TimedAnswer],
    everybody: Sequence[TimedAnswer],
    costs: CostSettings,
) -> Fairness | None:
    """Hold somebody's pay an hour against what is fair.

    Args:
        pay: What they earned.
        answers: Their answers in the period.
        everybody: All people's answers to the same project, of any time.
        costs: The prices, and what is fair.

    Returns:
        How it stands; None: no floor is set, or they did not work.
    """
    floor = costs.fair_per_hour
    if floor is None or pay.per_hour is None:
        return None
    shared = _shared(pay.worker, answers, everybody)
    if len(shared) >= ENOUGH_SHARED:
        own = sum(one for one, _ in shared) / len(shared)
        others = sum(other for _, other in shared) / len(shared)
        price = floor * others / 3600 if costs.pay_per_hour is None else None
        compared = Fairness("unknown", len(shared), own, others, price)
    else:
        compared = Fairness("unknown", len(shared))
    return _judged(compared, pay, costs, floor)


def fair_price(answers: Sequence[TimedAnswer], floor: float) -> float | None:
    """Return the price a label by which an hour of average work is fair; None: nobody worked.

    Args:
        answers: All people's answers.
        floor: The least that an hour should be paid.
    """
    labels = [one for one in answers if one.answer.kind == "label"]
    given = sum(not one.answer.skipped for one in labels)
    return floor * sum(one.seconds for one in labels) / 3600 / given if given else None


def _judged(compared: Fairness, pay: PersonPay, costs: CostSettings, floor: float) -> Fairness:
    paid_hours = sum(one.hours for one in pay.parts.values() if one.earned > 0)
    if pay.per_hour is None or pay.per_hour >= floor:
        return replace(compared, verdict="fair")
    if paid_hours > 0 and float(pay.earned) / paid_hours >= floor:
        return replace(compared, verdict="unpaid")
    if costs.pay_per_hour is not None:
        return replace(compared, verdict="price")
    if compared.others_seconds is None:
        return compared
    is_too_low = 3600 * costs.human_label < floor * compared.others_seconds
    return replace(compared, verdict="price" if is_too_low else "pace")


def _shared(
    worker: int, answers: Sequence[TimedAnswer], everybody: Sequence[TimedAnswer]
) -> list[tuple[float, float]]:
    """Return a person's time and the others', of each label that others gave, too."""
    times: dict[int, list[float]] = {}
    for one in everybody:
        if one.answer.worker != worker and _is_measured(one):
            times.setdefault(one.answer.task, []).append(one.seconds)
    others: Mapping[int, float] = {task: median(of_task) for task, of_task in times.items()}
    return [
        (one.seconds, others[one.answer.task])
        for one in answers
        if _is_measured(one) and one.answer.task in others
    ]


def _is_measured(one: TimedAnswer) -> bool:
    return one.answer.kind == "label" and not one.answer.skipped and not one.is_estimated
