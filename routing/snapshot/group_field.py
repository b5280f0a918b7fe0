"""Whether the field that groups tasks is one that they have."""

from labeling.errors import SettingsError
from labeling.suggestion import closest
from routing.snapshot.snapshot import Snapshot

BY_EXAMPLE = 20
"""Tasks whose fields are named where no task has the one that the settings name."""


def require_group_field(snapshot: Snapshot) -> None:
    """Refuse `policy.groups` where no task has such a field; without tasks nobody can tell.

    Raises:
        SettingsError: No task has it.
    """
    field, tasks = snapshot.settings.policy.groups, snapshot.state.tasks
    known = any(one.group_value is not None for one in tasks.values())
    if field is None or not tasks or known:
        return
    shown = snapshot.studio.tasks_of(sorted(tasks)[:BY_EXAMPLE])
    names = list(dict.fromkeys(name for task in shown for name in task.data))
    meant = closest(field, names)
    raise SettingsError(
        f"No task has the field {field!r} in its data",
        where="policy.groups",
        hint=f"Did you mean {meant}?" if meant else f"Name one of: {', '.join(names)}.",
    )
