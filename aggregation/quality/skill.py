"""A person's skill, as far as known answers tell it, and how often it is worth asking for more."""

from dataclasses import dataclass

from aggregation.quality.intervals import Interval


@dataclass(frozen=True, slots=True)
class SkillPosterior:
    """What is known of the share of items in which somebody is right: a Beta distribution.

    Attributes:
        right: Known answers that they gave.
        wrong: Known answers that they missed.
    """

    right: float = 0.0
    wrong: float = 0.0

    @property
    def mean(self) -> float:
        """The expected skill, in (0, 1); before any answer one half."""
        return (self.right + 1) / (self.right + self.wrong + 2)

    def probability_above(self, skill: float) -> float:
        """Return the probability that the skill is at least this one, in [0, 1].

        Examples:
            >>> round(SkillPosterior(right=9, wrong=1).probability_above(0.8), 2)
            0.68
        """
        from scipy.stats import beta  # here, since scipy.stats would slow every command's start

        return float(beta.sf(skill, self.right + 1, self.wrong + 1))

    def interval(self, level: float = 0.95) -> Interval:
        """Return the central interval that holds the skill with this probability."""
        from scipy.stats import beta

        ends = beta.interval(level, self.right + 1, self.wrong + 1)
        return Interval(float(ends[0]), float(ends[1]))


def control_share(known: SkillPosterior, *, least: float, most: float) -> float:
    """Return the share of somebody's answers that control tasks are to be.

    It follows the width of what is known of their skill: of who is new, `most`; of who is proved,
    `least`.

    Args:
        known: What is known of their skill.
        least: The share of who is proved.
        most: The share of who is new.

    Returns:
        A share between both.

    Examples:
        >>> round(control_share(SkillPosterior(), least=0.01, most=0.1), 3)
        0.1
        >>> round(control_share(SkillPosterior(right=90, wrong=10), least=0.01, most=0.1), 3)
        0.021
    """
    interval, unknown = known.interval(), SkillPosterior().interval()
    width = (interval.high - interval.low) / (unknown.high - unknown.low)
    return least + (most - least) * width
