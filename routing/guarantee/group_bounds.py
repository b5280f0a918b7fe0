"""What the audits of a population say of its groups: how many unchecked labels of each are wrong.

The lottery orders tasks by waiting times that do not depend on each other, so the audits of one
group are, among themselves, in the order of the same lottery over that group alone. The audit test
therefore bounds a group's wrong labels as it does the population's. The risk is shared out evenly
over the groups that had open labels at the freeze (Bonferroni), so all bounds of one call hold
together, at every look.

Whether the promise *would be broken* in a group is another question, and that test does not answer
it. It is told from an estimate: each audit counts by the inverse of its weight, and Holm's method
corrects for the number of groups. That is an approximation, for one look.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aggregation.quality.groups import WeightedShare, holm, weighted_share
from routing.guarantee.audit_test import weights_of
from routing.guarantee.frozen_population import Check, FrozenPopulation, audit_status_of

LEAST_TASKS = 20
"""Groups of fewer tasks are taken together: nothing could be said of each."""

MOST_GROUPS = 20
"""Groups that are looked at by themselves, the largest; more would leave none of them any risk."""

LEAST_AUDITS = 5
"""A group with fewer audits is not called broken, whatever they found."""

OTHERS = "all others"


@dataclass(frozen=True, slots=True)
class GroupBound:
    """What is known of a group.

    Attributes:
        group: Its name.
        size: Its tasks.
        audits: Audits among them.
        found: Wrong labels among what was checked.
        left: Labels of the model that nobody checked.
        bound: At most so many of those are wrong.
        overruled: Labels in which the model overrules people, each of which differs from theirs.
        allowed: As many of the unchecked ones may be wrong beside these, for the population's
            promise to hold in this group alone; below 0: these are too many already.
        error: The share of the model's labels that is wrong, as the audits tell; None: there are
            none.
        is_broken: Whether the promise would be broken in the group alone, beyond chance.
    """

    group: str
    size: int
    audits: int
    found: int
    left: int
    bound: int
    overruled: int
    allowed: int
    error: WeightedShare | None
    is_broken: bool = False

    @property
    def share_left(self) -> float:
        """Share of its tasks that is left to the model."""
        return self.left / self.size

    @property
    def holds(self) -> bool:
        """Whether the promise is proved to hold in the group alone."""
        return self.bound <= self.allowed

    @property
    def p_value(self) -> float:
        """How probable such audits would be, were the promise not broken in the group."""
        if self.allowed < 0:
            return 0.0
        if self.error is None or not self.left or self.audits < LEAST_AUDITS:
            return 1.0
        return self.error.p_value(self.allowed / self.left)


def group_bounds(
    frozen: FrozenPopulation,
    checks: Sequence[Check],
    group_of: Mapping[int, str],
    overruled: Collection[int] = (),
) -> tuple[GroupBound, ...]:
    """Tell what is known of each group.

    Args:
        frozen: The population.
        checks: What people were asked since, in order.
        group_of: The group of each task, which must not depend on what the audits found; tasks of
            no group, and those of small groups, are taken together.
        overruled: The tasks in whose labels the model overrules people.

    Returns:
        The groups, the largest first, and last what was taken together; none where it is one.
    """
    named = _named([*frozen.answered, *frozen.labels], group_of)
    sizes = Counter(named.values())
    if len(sizes) < 2:
        return ()
    at_risk = len({named[task] for task in frozen.labels})
    risk = frozen.promise.risk / max(at_risk, 1)
    ordered = sorted(sizes, key=lambda group: (group == OTHERS, -sizes[group], group))
    differing = Counter(named[task] for task in overruled)
    found = [_bound(frozen, checks, named, group, risk, differing[group]) for group in ordered]
    broken = holm([one.p_value for one in found], frozen.promise.risk)
    return tuple(
        replace(one, is_broken=is_broken) for one, is_broken in zip(found, broken, strict=True)
    )


def _named(tasks: Sequence[int], group_of: Mapping[int, str]) -> dict[int, str]:
    sizes = Counter(group_of[task] for task in tasks if task in group_of)
    large = {name for name, size in sizes.most_common(MOST_GROUPS) if size >= LEAST_TASKS}
    return {task: group_of[task] if group_of.get(task) in large else OTHERS for task in tasks}


def _bound(
    frozen: FrozenPopulation,
    checks: Sequence[Check],
    named: Mapping[int, str],
    group: str,
    risk: float,
    overruled: int,
) -> GroupBound:
    """Look at one group as at a population of its own."""
    labels = {task: label for task, label in frozen.labels.items() if named[task] == group}
    size = sum(one == group for one in named.values())
    part = replace(
        frozen,
        promise=replace(frozen.promise, size=size, risk=risk),
        labels=labels,
        errors={task: frozen.errors[task] for task in labels},
        planned=round(frozen.planned * len(labels) / max(len(frozen.labels), 1)),
    )
    own = [one for one in checks if named[one.task] == group]
    status = audit_status_of(part, own, overruled)
    return GroupBound(
        group,
        size,
        status.audits,
        status.found,
        status.unchecked,
        status.bound,
        overruled,
        part.promise.allowed - overruled,
        _error(part, [one for one in own if one.kind == "audit"]),
    )


def _error(part: FrozenPopulation, audits: Sequence[Check]) -> WeightedShare | None:
    """Estimate how often the model is wrong; audits without an answer tell nothing of it."""
    told = [one for one in audits if one.answer is not None]
    if not told:
        return None
    errors = np.array([part.errors[one.task] for one in told], dtype=np.float64)
    return weighted_share([one.answer != part.labels[one.task] for one in told], weights_of(errors))
