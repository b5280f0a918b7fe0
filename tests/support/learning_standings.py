"""Where learning stands, made by hand."""

from routing.ledger.chance_looks import ChanceLook
from routing.ledger.lessons import Lesson
from routing.planning.learning_curve import Estimate
from routing.planning.stopping import (
    StoppingSign,
    label_stability_sign,
    learning_curve_sign,
    overall_uncertainty_sign,
    plan_sign,
)
from routing.standing.learning import CurvePoint, LearningStanding

GAIN = Estimate(0.012, 0.002, 0.03)
HELPS = ChanceLook(3, "margin", 0.04, 0.01, 0.07, 120, False)
HURTS = ChanceLook(3, "margin", -0.08, -0.112, -0.042, 120, True)
UNKNOWN = ChanceLook(3, "margin", 0.01, -0.02, 0.04, 30, False)


def signs(kappa: float = 0.995) -> tuple[StoppingSign, ...]:
    """What the four rules say where labels are as stable as that."""
    return (
        plan_sign(60, 400),
        learning_curve_sign(GAIN),
        label_stability_sign([kappa] * 3),
        overall_uncertainty_sign(None, 0.05),
    )


def learning(chance: ChanceLook | None = None) -> LearningStanding:
    """The standing after two lessons, the second from 100 answers."""
    return LearningStanding(
        lessons=[Lesson(2, 60, 60, 15), Lesson(3, 100, 60, 12, 440, 0.9, 0.15)],
        error=Estimate(0.2, 0.118, 0.318),
        more=100,
        gain=GAIN,
        mended=38.4,
        left=300,
        curve=[
            CurvePoint(60, Estimate(0.24, 0.16, 0.33)),
            CurvePoint(100, Estimate(0.2, 0.14, 0.28)),
            CurvePoint(200, Estimate(0.188, 0.12, 0.27)),
        ],
        signs=signs(),
        chance=chance,
    )
