"""Forecasts of all that is open: of each group that a promise is to be about, and their sum. Pure.

Groups are labelled by the same people and the same model, so what a forecast of one of them errs in
is likely to be wrong in the others too: the ends of their intervals are added up.
"""

from collections.abc import Sequence

from routing.planning.basis import Basis
from routing.planning.error_draws import DRAWS
from routing.planning.forecast import Forecast, forecast

FINEST = 0.01
"""Steps of the error rates that a best promise is looked for among."""

LOOSEST = 0.5
"""The highest error rate that is looked at."""

QUICK_DRAWS = 6
"""Draws of the forecasts that it is looked for with."""


def forecast_all(bases: Sequence[Basis], error: float, draws: int = DRAWS) -> Forecast:
    """Forecast the promises of all groups.

    Args:
        bases: What is known of each group, one at least.
        error: The share of each one's labels that may be wrong.
        draws: Ways in which each is played to its end.

    Returns:
        What they ask of people from now on, in all.
    """
    return together([forecast(one, error, draws) for one in bases])


def together(forecasts: Sequence[Forecast]) -> Forecast:
    """Return what forecasts of groups come to, at the same error rate.

    Args:
        forecasts: One each group, one at least.

    Returns:
        Their sum, worth it where one of them is. The batches are those of the slowest: all groups
        are audited at the same time.
    """
    return Forecast(
        error=forecasts[0].error,
        reviews=sum(one.reviews for one in forecasts),
        audits=sum(one.audits for one in forecasts),
        left=sum(one.left for one in forecasts),
        labels=sum(one.labels for one in forecasts),
        low=sum(one.low for one in forecasts),
        high=sum(one.high for one in forecasts),
        is_worth=any(one.is_worth for one in forecasts),
        batches=max(one.batches for one in forecasts),
    )


def everything(bases: Sequence[Basis]) -> Forecast:
    """Forecast that people label everything, so that no error is left unchecked.

    Args:
        bases: What is known of each group.
    """
    labels, tasks = sum(one.everything for one in bases), sum(len(one.errors) for one in bases)
    return Forecast(0.0, tasks, 0, 0, labels, labels, labels, is_worth=False)


def best(bases: Sequence[Basis], labels: float) -> Forecast | None:
    """Find the lowest error rate whose promises are expected to ask for no more than some labels.

    It is looked for with a few draws; the forecast that is returned is made over all of them.

    Args:
        bases: What is known of each group, one at least.
        labels: Human labels that may still be asked for.

    Returns:
        Its forecast; with an error of 0.0 where people may label everything; None where not even
        the loosest promise fits.
    """
    if (whole := everything(bases)).labels <= labels:
        return whole
    too_dear, affordable = 0, round(LOOSEST / FINEST)
    while affordable - too_dear > 1:
        middle = (too_dear + affordable) // 2
        if forecast_all(bases, middle * FINEST, QUICK_DRAWS).labels <= labels:
            affordable = middle
        else:
            too_dear = middle
    for step in range(affordable, round(LOOSEST / FINEST) + 1):
        found = forecast_all(bases, round(step * FINEST, 3))
        if found.labels <= labels:
            return found
        if sum(one.owed for one in bases) > labels:
            return None
    return None
