"""The tabs of a training project: what waits for each person, or the notice of how it ended. Pure.

Everybody sees every tab, so its title does not say how somebody did; the notice in it does.
"""

from collections.abc import Mapping

from routing.reviewers.places import names_of
from routing.reviewers.tabs import OLDEST_FIRST, Tab, training_tab_title
from routing.reviewers.users import People
from routing.training.course import Course
from routing.training.items import OWN_FIELDS


def training_tabs(
    people: People, courses: Mapping[int, Course], notices: Mapping[str, int]
) -> list[Tab]:
    """Return every tab of a training project as it should be.

    Args:
        people: Who reviews.
        courses: Where each person stands who is or was in training.
        notices: The tasks that tell how it ended, by outcome.

    Returns:
        One tab a person.
    """
    names, hidden = names_of(people), tuple(f"tasks:data.{one}" for one in OWN_FIELDS)
    found = []
    for worker, course in courses.items():
        notice = notices.get(course.stage)
        title = training_tab_title(
            names[worker], len(course.open), is_over=course.stage in ("passed", "failed")
        )
        listed = course.open or (() if notice is None else (notice,))
        found.append(Tab(worker, title, listed, OLDEST_FIRST, hidden))
    return found
