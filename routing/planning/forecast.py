"""Forecasts: what a promise will ask of people from now on, with its interval. Pure.

A forecast plays the population to its end many times over: each time, true errors are drawn from
what the answers leave open (`routing.planning.error_draws`), the votes of a task likewise
(`routing.planning.votes_needed`), and the controller's own functions decide what people are asked
(`routing.planning.course`). The interval is meant to hold 90% of the human labels that this takes,
the forecast is their mean. A better model than today's, which learns to tell labels apart that it
cannot tell apart now, is not foreseen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.guarantee.audit_test import AuditEvent, Promise
from routing.planning.basis import AuditBasis, Basis
from routing.planning.course import Course, audit_course, open_course
from routing.planning.error_draws import DRAWS, with_slips
from routing.planning.optimal_plan import Plan, best_plan, is_worth
from routing.planning.scaling import grown, growth, resampled, thinned
from routing.planning.votes_needed import SPREAD, VotesPerTask

Floats = NDArray[np.float64]
Play: TypeAlias = Callable[[np.random.Generator, float], Course]

TARGETS = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""Error rates that a Pareto plot shows."""

ENDS = (0.03, 0.97)
"""The quantiles of the draws that every interval reaches from and to. Draws leave something out, so
these are wider than the 90% that intervals are meant to hold; see `python -m bench.forecast`."""

STEPS_SPREAD, STEPS_SHARE = 30.0, 0.1
"""Standard deviation, in tasks, of what rounds and their new plans add before the freeze, beyond
the draws; no more than a share of the population. Like `AUDITS_SPREAD`, it is set so that the
intervals hold as often as they say; see `python -m bench.forecast`."""

AUDITS_SPREAD = 0.15
"""The same of the audits, as a share of them."""

MANY_TASKS = 4_000
"""Open tasks from which on fewer draws are made, down to `FEWEST_DRAWS`, and so many are played in
place of all: reviews grow with a population, and how audits grow is told by half as many."""

FEWEST_DRAWS = 16


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a promise asks of people from now on; the ends are those of a 90% interval.

    Attributes:
        error: The share of the labels that may be wrong; 0.0: people label everything.
        reviews: Tasks that people review before the freeze, the pilot included.
        audits: Audits after it, and reviews beside them.
        left: Tasks whose label the model keeps.
        labels: Human labels that are still to come, in all.
        low: The lower end for `labels`.
        high: The upper end for `labels`.
        is_worth: Whether the model helps; see `planning.is_worth`.
        batches: How often audits are asked for, on average: so often people wait for all answers.
    """

    error: float
    reviews: int
    audits: int
    left: int
    labels: float
    low: float
    high: float
    is_worth: bool
    batches: float = 0.0


def forecast(basis: Basis, error: float, draws: int = DRAWS) -> Forecast:
    """Forecast a promise of the open population.

    Args:
        basis: What is known.
        error: The share of the labels that may be wrong.
        draws: Ways in which it is played to its end; of a large population, fewer.

    Returns:
        What it asks of people from now on.
    """
    promise = Promise(basis.size, error, basis.risk)
    tasks = len(basis.errors)
    scale = max(1.0, tasks / MANY_TASKS)
    # Of fewer tasks more draws would be made than of all.
    draws = _affordable(draws, tasks)
    courses = _open_courses(thinned(basis, scale), error, draws)
    if scale > 1.0:
        halves = _open_courses(thinned(basis, 2 * scale), error, draws)
        courses = grown(courses, scale, growth(courses, halves))
    steps = min(STEPS_SPREAD, STEPS_SHARE * tasks)
    return _stated(courses, promise, basis, tasks, steps)


def _open_courses(basis: Basis, error: float, draws: int) -> list[Course]:
    """Play an open population to its end in so many ways."""
    promise = Promise(basis.size, error, basis.risk)
    plan = _plan(basis, promise)
    known = basis.calibration.once_picked() if plan.reviews else basis.calibration

    def play(rng: np.random.Generator, slip: float) -> Course:
        return open_course(
            basis.errors,
            promise,
            known,
            rng,
            slip=slip,
            pilot=basis.pilot,
            reviews=plan.reviews,
            round_price=basis.round_price,
        )

    return _played(play, len(basis.errors), basis.votes, basis.seed, draws)


def audits_to_come(basis: AuditBasis) -> Forecast:
    """Forecast the audits of a frozen population that its promise still needs.

    Args:
        basis: What is known.

    Returns:
        What it still asks of people.
    """
    asked = np.array([basis.events[one].item for one in basis.waiting], dtype=np.intp)

    said = with_slips(basis.errors, float(basis.votes.slip.mean()))

    def play(rng: np.random.Generator, _slip: float) -> Course:
        true = basis.calibration.draws(rng, 1).of(said)[0]
        wrong = rng.random(len(true)) < true
        events = list(basis.events)
        for place, item in zip(basis.waiting, asked, strict=True):
            events[place] = AuditEvent(int(item), events[place].kind, bool(wrong[item]))
        return audit_course(
            basis.audit_test,
            events,
            basis.order,
            basis.errors,
            wrong,
            round_price=basis.round_price,
        )

    courses = _played(play, len(basis.order), basis.votes, basis.seed)
    return _stated(courses, basis.audit_test.promise, basis, len(basis.order), 0.0)


def pareto(basis: Basis, targets: Sequence[float] = TARGETS) -> list[Forecast]:
    """Forecast each error rate, ascending: fewer errors ask for more human labels.

    Money, hours and days follow with `routing.planning.costs`: `rates.money(forecast.labels)`.

    Args:
        basis: What is known.
        targets: The error rates.

    Returns:
        One forecast per error rate.
    """
    return [forecast(basis, error) for error in sorted(targets)]


def _plan(basis: Basis, promise: Promise) -> Plan:
    """Plan what follows the pilot."""
    rest = basis.errors
    if basis.pilot:
        rest = resampled(rest, len(rest) - basis.pilot)
    return best_plan(rest, promise, draws=basis.draws)


def _affordable(draws: int, tasks: int) -> int:
    """Return how many draws the size of a population allows."""
    return min(draws, round(max(DRAWS * MANY_TASKS / max(tasks, 1), FEWEST_DRAWS)))


def _played(
    play: Play, tasks: int, votes: VotesPerTask, seed: int, draws: int = DRAWS
) -> list[Course]:
    """Play a population to its end in as many ways as its size allows, each with its own seed."""
    draws = _affordable(draws, tasks)
    slips = np.resize(votes.slip, draws).tolist()
    return [play(np.random.default_rng([seed, draw]), slips[draw]) for draw in range(draws)]


def _stated(
    courses: Sequence[Course],
    promise: Promise,
    basis: Basis | AuditBasis,
    tasks: int,
    steps: float,
) -> Forecast:
    """Sum courses up; `steps` is the spread, in tasks, that is added to what they ask."""
    votes, owed = basis.votes, basis.owed
    rng = np.random.default_rng([basis.seed, 1])
    chance = rng.standard_normal((3, len(courses)))

    def of(one: Floats) -> Floats:
        return np.resize(one, len(courses))

    pilot, reviews, audits = (
        np.array([getattr(one, name) for one in courses], dtype=np.float64)
        for name in ("pilot", "reviews", "audits")
    )
    each = SPREAD * np.sqrt(pilot + reviews + audits) * chance[0] * (of(votes.blind) > 1)
    uneven = of(votes.blind) * (steps * chance[1] + AUDITS_SPREAD * audits * chance[2])
    labels = owed + of(votes.pilot) * pilot + of(votes.review) * reviews + of(votes.blind) * audits
    most = max(one.max() for one in (votes.pilot, votes.review, votes.blind))
    drawn = np.clip(labels + each + uneven, owed, owed + most * tasks)
    expected = float(labels.mean())
    low, high = np.quantile(drawn, ENDS, method="weibull")
    mean_reviews, mean_audits = round(float((pilot + reviews).mean())), round(float(audits.mean()))
    left = tasks - mean_reviews - mean_audits
    return Forecast(
        promise.error,
        mean_reviews,
        mean_audits,
        left,
        expected,
        min(float(low), expected),
        max(float(high), expected),
        is_worth=is_worth(left, promise),
        batches=float(np.mean([one.batches for one in courses])),
    )
