"""All strategies, by the names that the settings give them."""

from collections.abc import Mapping

from routing.selection.auto import Auto
from routing.selection.badge import Badge
from routing.selection.base import Strategy
from routing.selection.cal import ContrastiveActiveLearning
from routing.selection.core_set import CoreSet
from routing.selection.density import Density
from routing.selection.entropy import Entropy
from routing.selection.least_confidence import LeastConfidence
from routing.selection.margin import Margin
from routing.selection.predicted_error import PredictedError
from routing.selection.random import Random
from routing.selection.typiclust import TypiClust

STRATEGIES: Mapping[str, Strategy] = {
    strategy.name: strategy
    for strategy in (
        Auto(),
        Random(),
        PredictedError(),
        LeastConfidence(),
        Margin(),
        Entropy(),
        Density(),
        ContrastiveActiveLearning(),
        CoreSet(),
        Badge(),
        TypiClust(),
    )
}
"""Every strategy by name: the benchmark's best, chance, what serves the plan, and the others."""
