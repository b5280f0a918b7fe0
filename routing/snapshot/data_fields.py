"""Whether the fields of tasks' data that the settings name are such as tasks have."""

from labeling.errors import SettingsError
from labeling.suggestion import closest
from routing.snapshot.snapshot import Snapshot

BY_EXAMPLE = 20
"""Tasks whose fields are named where no task has the one that the settings name."""


def require_data_fields(snapshot: Snapshot) -> None:
    """Refuse `policy.groups` and `policy.needs` where no task has such a field.

    Without tasks nobody can tell.

    Raises:
        SettingsError: No task has one of them.
    """
    policy, tasks = snapshot.settings.policy, snapshot.state.tasks.values()
    groups = any(one.group_value is not None for one in tasks)
    needs = any(one.needs is not None for one in tasks)
    _require(snapshot, "policy.groups", policy.groups, is_known=groups)
    _require(snapshot, "policy.needs", policy.needs, is_known=needs)


def _require(snapshot: Snapshot, where: str, field: str | None, *, is_known: bool) -> None:
    tasks = snapshot.state.tasks
    if field is None or not tasks or is_known:
        return
    shown = snapshot.studio.tasks_of(sorted(tasks)[:BY_EXAMPLE])
    names = list(dict.fromkeys(name for task in shown for name in task.data))
    meant = closest(field, names)
    raise SettingsError(
        f"No task has the field {field!r} in its data",
        where=where,
        hint=f"Did you mean {meant}?" if meant else f"Name one of: {', '.join(names)}.",
    )
