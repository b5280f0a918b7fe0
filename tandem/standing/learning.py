"""Where learning stands, in words: what more labels bring, which rule says stop. Pure."""

from collections.abc import Sequence

from routing.ledger.chance_looks import ChanceLook
from routing.planning.learning_curve import Estimate
from routing.planning.stopping import STABLE_LESSONS, Rule, StoppingSign
from routing.standing.learning import LearningStanding
from tandem.standing.phrases import count, listed

LOOKS_AT: dict[Rule, str] = {
    "plan": "share of the open tasks that it still wants reviewed",
    "learning curve": "what a hundred more labels bring at the most, in share of right labels",
    "label stability": f"kappa between successive lessons, mean of the last {STABLE_LESSONS}",
    "overall uncertainty": "mean predicted error of what is open",
}
"""What each rule looks at."""


def learning_lines(learning: LearningStanding | None) -> list[str]:
    """Say what is known of the last lesson and forecast of the next, a sentence or two a line.

    Args:
        learning: Where learning stands; None: nothing is known yet.

    Returns:
        How often the model is wrong, what more labels bring, which rules say stop, and whether the
        strategy beats chance; nothing of what is not known.
    """
    if learning is None:
        return []
    said = [_error(learning), _gain(learning), _signs(learning.signs), _chance(learning.chance)]
    return [one for one in said if one]


def limit_in_words(sign: StoppingSign) -> str:
    """Say from where on a rule says stop."""
    side = "from" if sign.rule == "label stability" else "up to"
    return f"{side} {value_in_words(sign, sign.limit)}"


def value_in_words(sign: StoppingSign, value: float) -> str:
    """Write what a rule looks at: a kappa, or a share."""
    return f"{value:.3f}" if sign.rule == "label stability" else f"{value:.1%}"


def _error(learning: LearningStanding) -> str:
    last = learning.lessons[-1]
    if learning.error is None:
        return ""
    return (
        f"After {count(last.answers, 'answer')} the model is wrong in {learning.error.expected:.1%}"
        f" of the texts that chance draws ({_range(learning.error)}; {last.judged} were judged,"
        " each without its own answer)."
    )


def _gain(learning: LearningStanding) -> str:
    if not learning.more:
        return ""
    labels = count(learning.more, "more label")
    mended = (
        f"Of the {learning.more} that the model doubts most, about {learning.mended:.0f} are wrong"
        " by its own doubt, and people would mend these."
    )
    gain = learning.gain
    if gain is None:
        return f"What {labels} would teach cannot be told before two lessons were judged. {mended}"
    left = learning.left
    among = (
        f", which is about {gain.expected * left:.0f} ({gain.low * left:.0f} to"
        f" {gain.high * left:.0f}) of the {left:,} labels then left"
        if left
        else ""
    )
    return (
        f"{labels} are expected to teach it {100 * gain.expected:.1f} points of accuracy"
        f" ({100 * gain.low:.1f} to {100 * gain.high:.1f}){among}. {mended}"
    )


def _signs(signs: Sequence[StoppingSign]) -> str:
    fired = [one.rule for one in signs if one.has_fired]
    others = [one.rule for one in signs if not one.has_fired and one.value is not None]
    said = [
        f"Say stop: {listed(fired)}." if fired else "No rule says stop.",
        f"Say go on: {listed(others)}." if others else "",
        "The plan alone decides.",
    ]
    return " ".join(filter(None, said))


def _chance(look: ChanceLook | None) -> str:
    if look is None:
        return ""
    gain = f"gain {_signed(look.gain)}, {_signed(look.low)} to {_signed(look.high)}"
    judged = f"by {count(look.draws, 'text')} that chance drew"
    if look.is_worse:
        return (
            f"Chance is proved to teach more than {look.strategy} ({gain}, {judged}), so chance"
            " chooses among what the plan wants reviewed."
        )
    if look.low > 0:
        return f"The strategy {look.strategy} teaches more than chance ({gain}, {judged})."
    return f"Whether {look.strategy} teaches more than chance cannot be told ({gain}, {judged})."


def _range(one: Estimate) -> str:
    return f"{one.low:.1%} to {one.high:.1%}"


def _signed(number: float) -> str:
    return f"{number:+.3f}".replace("-", "\N{MINUS SIGN}")
