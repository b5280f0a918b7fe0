"""The ways to find a confidence, by the name that `confidence.methods` gives them."""

from collections.abc import Collection, Iterable, Mapping, Set

from backend.confidence.methods.base import ConfidenceMethod, LabelBelief, OneStepMethod
from backend.confidence.methods.entropy import Entropy
from backend.confidence.methods.label_logprob import LabelLogprob
from backend.confidence.methods.label_logprob_normalised import LabelLogprobNormalised
from backend.confidence.methods.margin import Margin
from backend.confidence.methods.p_true import PTrue
from backend.confidence.methods.self_consistency import SelfConsistency
from backend.confidence.methods.sequence_logprob import SequenceLogprob
from backend.confidence.methods.verbalised import Verbalised
from backend.engines import Ability
from backend.prompts import PromptBuilder
from labeling.errors import EngineError
from labeling.settings.model_sections import ConfidenceSettings

__all__ = [
    "METHODS",
    "ConfidenceMethod",
    "LabelBelief",
    "OneStepMethod",
    "methods_for",
    "missing_by_method",
    "require",
]

METHODS: dict[str, type[ConfidenceMethod]] = {
    method.name: method
    for method in (
        LabelLogprob,
        LabelLogprobNormalised,
        SequenceLogprob,
        SelfConsistency,
        Verbalised,
        PTrue,
        Entropy,
        Margin,
    )
}
"""The methods by name."""


def methods_for(
    builder: PromptBuilder, settings: ConfidenceSettings
) -> tuple[ConfidenceMethod, ...]:
    """Make the methods that the settings name.

    Args:
        builder: Builds the prompts of the project.
        settings: Name the methods, and how often and how freely the model is asked.

    Returns:
        The methods, in the settings' order.
    """
    return tuple(METHODS[name](builder, settings) for name in settings.methods)


def missing_by_method(abilities: Collection[Ability]) -> dict[str, str | None]:
    """Return what an engine of such abilities lacks for every method; None: nothing."""
    return {
        name: "; ".join(sorted(method.needs - set(abilities))) or None
        for name, method in METHODS.items()
    }


def require(needs: Iterable[Mapping[str, frozenset[Ability]]], abilities: Set[Ability]) -> None:
    """Refuse what an engine of such abilities cannot answer.

    Args:
        needs: What each question needs, by the name of the method or the control that asks for it.
        abilities: What the engine can do.

    Raises:
        EngineError: It lacks something that one of them needs.
    """
    for needed in needs:
        for name, wanted in needed.items():
            if lacking := "; ".join(sorted(wanted - abilities)):
                raise _lack(name, lacking, abilities)


def _lack(name: str, lacking: str, abilities: Set[Ability]) -> EngineError:
    if name not in METHODS:
        return EngineError(
            f"The engine cannot answer {name}: it cannot give {lacking}",
            where="model.engine",
            hint="Set another one, or take the control out of the label config.",
        )
    missing = missing_by_method(abilities)
    others = ", ".join(method for method, lack in missing.items() if lack is None)
    return EngineError(
        f"The engine cannot give {name!r} what it needs: {lacking}",
        where="confidence.methods",
        hint=f"Name one of: {others}." if others else "Set another model.engine.",
    )
