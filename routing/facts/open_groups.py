"""The open tasks by groups: what each of the promises to come is to be about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from routing.facts.project import ProjectFacts
from routing.guarantee.audit_test import Promise
from routing.guarantee.task_group import TaskGroup


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Open tasks that one promise is to be about.

    Attributes:
        group: What they have in common; None: they are all that are open.
        tasks: By ascending id.
        promise: What the settings promise of them.
        errors: The probability that people contradict the model, of those that nobody was asked.
    """

    group: TaskGroup | None
    tasks: Sequence[int]
    promise: Promise
    errors: Mapping[int, float]


def open_groups(facts: ProjectFacts) -> list[OpenGroup]:
    """Return the groups of the open tasks, in the order of their values; not stated comes last.

    Without `policy.groups` there is one, of all open tasks. Where nothing is open, there is none.
    """
    field, tasks = facts.settings.policy.groups, facts.open_tasks
    if not tasks:
        return []
    if field is None:
        return [OpenGroup(None, tasks, _promise(facts, tasks), facts.predicted_errors)]
    members: dict[str | None, list[int]] = {}
    for task in tasks:
        members.setdefault(facts.state.tasks[task].group_value, []).append(task)
    errors = facts.predicted_errors
    return [
        OpenGroup(
            TaskGroup(field, value),
            members[value],
            _promise(facts, members[value]),
            {task: errors[task] for task in members[value] if task in errors},
        )
        for value in sorted(members, key=lambda value: (value is None, value or ""))
    ]


def _promise(facts: ProjectFacts, tasks: Sequence[int]) -> Promise:
    policy = facts.settings.policy
    return Promise(len(tasks), policy.target_error, policy.risk)
