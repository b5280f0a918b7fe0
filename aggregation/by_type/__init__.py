"""Consensus by answer type: a file for each type, one contract, found by the type."""

from collections.abc import Sequence

from aggregation.by_type import spans, texts
from aggregation.by_type.base import TypeAggregator
from aggregation.by_type.classes import Classes
from aggregation.by_type.numbers import Numbers
from aggregation.by_type.paths import Paths
from aggregation.by_type.regions import Regions
from aggregation.by_type.scales import Scales
from aggregation.by_type.sets import Sets
from aggregation.by_type.spans import Spans
from aggregation.by_type.texts import Encoder, Texts
from aggregation.classification.registry import AUTO
from aggregation.control_votes import NO_BALLOTS, KnownBallots
from labeling.answers.types import AnswerType

APPROACHES: dict[AnswerType, tuple[str, ...]] = {
    AnswerType.SPANS: spans.APPROACHES,
    AnswerType.TEXT: texts.APPROACHES,
}
"""Kinds that can be aggregated in several ways, and the ways, the default one first."""


def aggregator_for(
    answer_type: AnswerType,
    *,
    inner: AnswerType = AnswerType.CLASS,
    labels: Sequence[str] = (),
    method: str = AUTO,
    approach: str | None = None,
    encoder: Encoder | None = None,
    seed: int = 0,
    known: KnownBallots = NO_BALLOTS,
) -> TypeAggregator:
    """Make the aggregator of an answer type.

    Args:
        answer_type: The answer type.
        inner: Of `REGIONS`, the answer type of what is said of each, which all below is about.
        labels: What the control offers, in its order: the labels of a `SET`, the values of `PATHS`,
            the steps of a `SCALE`. Other types take what was answered.
        method: The aggregator of votes for one label, or of yes and no: of `CLASS`, `PAIR`, `SET`,
            `PATHS` and `SPANS`; see `aggregation.classification.registry.METHODS`. The others have
            one of their own.
        approach: How `SPANS` and `TEXT` are aggregated; see `APPROACHES`.
        encoder: Embeds texts; the approach `rasa` needs one.
        seed: Seed of a method that starts at random.
        known: What people said of control tasks; only `CLASS`, `PAIR` and `SCALE` learn from it.

    Returns:
        The aggregator, not fitted yet.

    Raises:
        SettingsError: There is no method, or no approach, of that name.
    """
    match answer_type:
        case AnswerType.CLASS | AnswerType.PAIR:
            return Classes(method=method, seed=seed, known=known)
        case AnswerType.SET:
            return Sets(labels, method=method, seed=seed)
        case AnswerType.PATHS:
            return Paths(labels, method=method, seed=seed)
        case AnswerType.SCALE:
            return Scales(labels, known)
        case AnswerType.SPANS:
            return Spans(approach or spans.APPROACHES[0], method=method, seed=seed)
        case AnswerType.REGIONS:
            return Regions(
                aggregator_for(
                    inner,
                    labels=labels,
                    method=method,
                    approach=approach,
                    encoder=encoder,
                    seed=seed,
                )
            )
        case AnswerType.TEXT:
            return Texts(approach or texts.APPROACHES[0], encoder=encoder)
        case AnswerType.NUMBER:
            return Numbers()


__all__ = ["APPROACHES", "Encoder", "TypeAggregator", "aggregator_for"]
