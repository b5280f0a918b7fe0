"""Consensus by the kind of the answers: one file a kind, one contract, found by the kind."""

from collections.abc import Sequence

from aggregation.by_type import spans, texts
from aggregation.by_type.base import KindAggregator
from aggregation.by_type.classes import Classes
from aggregation.by_type.numbers import Numbers
from aggregation.by_type.paths import Paths
from aggregation.by_type.regions import Regions
from aggregation.by_type.scales import Scales
from aggregation.by_type.sets import Sets
from aggregation.by_type.spans import Spans
from aggregation.by_type.texts import Encoder, Texts
from labeling.answers.types import Kind

APPROACHES: dict[Kind, tuple[str, ...]] = {
    Kind.SPANS: spans.APPROACHES,
    Kind.TEXT: texts.APPROACHES,
}
"""Kinds that can be aggregated in several ways, and the ways, the default one first."""


def aggregator_for(
    kind: Kind,
    *,
    inner: Kind = Kind.CLASS,
    labels: Sequence[str] = (),
    method: str = "bayesian-one-coin",
    approach: str | None = None,
    encoder: Encoder | None = None,
    seed: int = 0,
) -> KindAggregator:
    """Make the aggregator of a kind of answers.

    Args:
        kind: The kind.
        inner: Of `REGIONS`, the kind of what is said of each, which all below is about.
        labels: What the control offers, in its order: the labels of a `SET`, the values of `PATHS`,
            the steps of a `SCALE`. Other kinds take what was answered.
        method: The aggregator of votes for one label, or of yes and no: of `CLASS`, `PAIR`, `SET`,
            `PATHS` and `SPANS`; see `aggregation.classification.registry.METHODS`. The others have
            one of their own.
        approach: How `SPANS` and `TEXT` are aggregated; see `APPROACHES`.
        encoder: Embeds texts; the approach `rasa` needs one.
        seed: Seed of a method that starts at random.

    Raises:
        SettingsError: There is no method, or no approach, of that name.
    """
    match kind:
        case Kind.CLASS | Kind.PAIR:
            return Classes(method=method, seed=seed)
        case Kind.SET:
            return Sets(labels, method=method, seed=seed)
        case Kind.PATHS:
            return Paths(labels, method=method, seed=seed)
        case Kind.SCALE:
            return Scales(labels)
        case Kind.SPANS:
            return Spans(approach or spans.APPROACHES[0], method=method, seed=seed)
        case Kind.REGIONS:
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
        case Kind.TEXT:
            return Texts(approach or texts.APPROACHES[0], encoder=encoder)
        case Kind.NUMBER:
            return Numbers()


__all__ = ["APPROACHES", "Encoder", "KindAggregator", "aggregator_for"]
