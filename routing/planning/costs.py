"""Costs: what human labels and the model's take in money, hours and days, as the settings say."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from labeling.settings.sections import CostSettings

ENOUGH_TIMES = 10
"""Measured times from which on their median is taken for the time of a label."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What labels take.

    Attributes:
        currency: What money is in.
        human_label: Money per human label.
        model_label: Money per label of the model.
        seconds: Seconds of a person's work per human label.
        hours_a_day: Hours that all reviewers together work per day.
    """

    currency: str
    human_label: float
    model_label: float
    seconds: float
    hours_a_day: float

    def money(self, human_labels: float, model_labels: float = 0) -> float:
        """Return what labels cost, in `currency`.

        Args:
            human_labels: Labels of people.
            model_labels: Labels of the model.
        """
        return human_labels * self.human_label + model_labels * self.model_label

    def hours(self, human_labels: float) -> float:
        """Return the hours of people's work that labels take."""
        return human_labels * self.seconds / 3600

    def days(self, human_labels: float) -> float:
        """Return the working days that labels take, with all reviewers at work."""
        return self.hours(human_labels) / self.hours_a_day


def rates(costs: CostSettings, lead_times: Sequence[float] = (), people: int = 1) -> Rates:
    """Return what labels take.

    Args:
        costs: The settings.
        lead_times: Seconds that people's answers took, as far as Label Studio measured them. Once
            there are `ENOUGH_TIMES`, their median counts; before, the settings' guess.
        people: Reviewers who work side by side; none named: one is assumed.

    Returns:
        Money and seconds per label, and hours per day.
    """
    seconds = costs.seconds_per_label
    if len(lead_times) >= ENOUGH_TIMES:
        seconds = median(lead_times)
    by_the_hour = costs.pay_per_hour
    return Rates(
        currency=costs.currency,
        human_label=costs.human_label if by_the_hour is None else by_the_hour * seconds / 3600,
        model_label=_model_label(costs),
        seconds=seconds,
        hours_a_day=costs.hours_a_day * max(people, 1),
    )


def _model_label(costs: CostSettings) -> float:
    """Return the price of one answer of the model: by tokens, by GPU hours, or as it is stated."""
    if costs.million_tokens is None and costs.gpu_hour is None:
        return costs.model_label
    tokens = (costs.million_tokens or 0.0) * costs.tokens_per_label / 1e6
    return tokens + (costs.gpu_hour or 0.0) / costs.gpu_labels_per_hour
