"""Where learning stands: how often the model is wrong, what more labels bring, which rule fired."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from aggregation.quality.intervals import wilson
from routing.facts.project import ProjectFacts
from routing.ledger.chance_looks import ChanceLook, last_chance_look
from routing.ledger.lessons import Lesson, lessons
from routing.ledger.records import LedgerState
from routing.planning.learning_curve import Estimate, LearningCurve, LessonScore, learning_curve
from routing.planning.stopping import (
    StoppingSign,
    label_stability_sign,
    learning_curve_sign,
    overall_uncertainty_sign,
    plan_sign,
)
from routing.snapshot.snapshot import Snapshot

MORE = 100
"""Labels more that a forecast is of, or as many as are open."""

CURVE_POINTS = 9
"""Points of the curve that are told."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """How often the model is wrong of a text that chance draws, after so many answers."""

    answers: int
    error: Estimate


@dataclass(frozen=True, slots=True)
class LearningStanding:
    """What is known of the last lesson, and forecast of the next ones.

    Attributes:
        lessons: The lessons that tell of it, the last one last: of the same question and tasks.
        error: How often the model is wrong of a text that chance draws, as the last lesson was
            judged; None: it was not.
        more: Labels more that `gain`, `mended` and `left` are of.
        gain: By how much the error falls with them; None: it cannot be told yet.
        mended: Labels among them that the model is expected to have wrong, so that people mend
            them; they are taken to be its most doubtful ones.
        left: Open tasks that are then left, and that nobody was asked.
        curve: The learning curve, up to `more` labels more; empty: it cannot be told yet.
        signs: What the rules say that tell when to stop.
        chance: What was last found of the strategy's gain over chance; None: nothing was.
    """

    lessons: Sequence[Lesson]
    error: Estimate | None
    more: int
    gain: Estimate | None
    mended: float
    left: int
    curve: Sequence[CurvePoint]
    signs: Sequence[StoppingSign]
    chance: ChanceLook | None = None

    @property
    def fired(self) -> Sequence[StoppingSign]:
        """The rules that say stop."""
        return [one for one in self.signs if one.has_fired]


def learning_of(snapshot: Snapshot) -> LearningStanding | None:
    """Return where learning stands; None: the model learned from no answer yet.

    Args:
        snapshot: The project; its ledger remembers how lessons did.
    """
    known, facts = lessons(snapshot.ledger), snapshot.facts
    recent = recent_lessons(known, facts.state)
    if not recent or not recent[-1].answers:
        return None
    return learning_standing(facts, recent, last_chance_look(snapshot.ledger))


def recent_lessons(known: Sequence[Lesson], state: LedgerState) -> list[Lesson]:
    """Return the lessons that one curve goes through, up to the last.

    They are of one label config and of one open population, and none learned from more answers than
    a later one: where answers were taken away, the curve begins anew.

    Args:
        known: All lessons, the first one first.
        state: What the ledger knows.
    """
    rounds = {one.number: one for one in state.rounds}
    kept: list[Lesson] = []
    for lesson in reversed(known):
        if lesson.round not in rounds:
            continue
        now, last = rounds[lesson.round], state.rounds[-1]
        is_before_freeze = any(now.at <= one.frozen_at < last.at for one in state.populations)
        is_more = bool(kept) and lesson.answers > kept[-1].answers
        if now.label_config != last.label_config or is_before_freeze or is_more:
            break
        kept.append(lesson)
    return kept[::-1]


def learning_standing(
    facts: ProjectFacts, recent: Sequence[Lesson], chance: ChanceLook | None
) -> LearningStanding:
    """Sum up lessons, and forecast what more labels bring.

    Args:
        facts: What is known of the project.
        recent: The lessons of one curve, the last one last; one at least.
        chance: What was last found of the strategy's gain over chance.
    """
    errors, last = facts.predicted_errors, recent[-1]
    more = min(MORE, len(errors))
    curve = learning_curve(
        [
            LessonScore(one.answers, one.judged, one.wrong)
            for one in recent
            if one.answers and one.judged
        ]
    )
    gain = curve.gain_of(more) if curve and more else None
    round_ = facts.state.rounds[-1]
    wanted = round_.reviews if errors else 0
    return LearningStanding(
        lessons=recent,
        error=_error(last),
        more=more,
        gain=gain,
        mended=sum(nlargest(more, errors.values())),
        left=len(errors) - more,
        curve=_points(curve, more) if curve else (),
        signs=(
            plan_sign(wanted, len(errors)),
            learning_curve_sign(gain),
            label_stability_sign([one.kappa for one in recent if one.kappa is not None]),
            overall_uncertainty_sign(last.mean_error, facts.settings.policy.target_error),
        ),
        chance=chance,
    )


def _error(lesson: Lesson) -> Estimate | None:
    """Return how often the model is wrong as a lesson was judged, with Wilson's interval."""
    if not lesson.judged:
        return None
    ends = wilson(lesson.wrong, lesson.judged)
    return Estimate(lesson.wrong / lesson.judged, ends.low, ends.high)


def _points(curve: LearningCurve, more: int) -> list[CurvePoint]:
    """Return points of the curve, the closer the steeper it is, the last lesson among them."""
    growth, steps = curve.last / curve.first, CURVE_POINTS - 3
    known = {round(curve.first * growth ** (step / steps)) for step in range(steps + 1)}
    ahead = {curve.last + more // 2, curve.last + more}
    return [CurvePoint(one, curve.error_after(one)) for one in sorted(known | ahead)]
