"""The daily limit as a pass applies it: nobody has room who worked long enough today."""

from dataclasses import replace

from routing.snapshot.snapshot import Snapshot
from routing.work import daily_limit
from routing.work.answers import work_of


def within_hours(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with no room for whoever worked `quality.most_hours_a_day` today.

    A day begins at this machine's midnight. What waits for them moves on to others.

    Args:
        snapshot: The main project's, with its blind project.

    Returns:
        The snapshot; without a limit, the same.
    """
    settings, blind_project = snapshot.settings, snapshot.blind_project
    if settings.quality.most_hours_a_day is None:
        return snapshot
    reviewers = daily_limit.within_hours(
        snapshot.reviewers,
        work_of(snapshot.state, blind_project.state if blind_project else None),
        snapshot.clock().astimezone(),
        most=settings.quality.most_hours_a_day,
        idle_seconds=settings.quality.idle_seconds,
        guess=settings.costs.seconds_per_label,
    )
    if reviewers == snapshot.reviewers:
        return snapshot
    people = replace(snapshot.people, reviewers=tuple(reviewers))
    return snapshot.with_people(people, snapshot.person_events)
