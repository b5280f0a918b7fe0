"""Checks of Label Studio: the server, the key, the project and its people."""

from collections.abc import Iterator, Sequence

from labeling.settings.sections import ReviewerSettings
from routing.studio import Studio
from routing.studio.models import StudioProject, StudioUser
from tandem.doctor.findings import Check, Finding, attempt

TESTED = "1.23."
"""How the releases begin that everything is tested with."""

ASSIGNMENT = {"community": "a tab for each reviewer", "enterprise": "its assignment API"}


def check_server(studio: Studio) -> Check[bool]:
    """Check whether Label Studio answers, which needs no key, and which one it is."""
    version = yield from attempt("label studio", studio.version)
    if version is None:
        return False
    yield Finding("ok", "label studio", "It answers", studio.url)
    if version.release.startswith(TESTED):
        yield Finding("ok", "release", version.release)
    else:
        yield Finding(
            "warning",
            "release",
            f"Tandem is tested with {TESTED}x, and this is {version.release}",
            studio.url,
            "Look at what `tandem sync --dry-run` would change before you run it.",
        )
    way = ASSIGNMENT[version.edition]
    yield Finding("ok", "edition", f"{version.edition}: work is assigned by {way}")
    return True


def check_key(studio: Studio, key: str) -> Check[StudioUser | None]:
    """Check whether the key is accepted, and of which kind and whose it is.

    Args:
        studio: Label Studio.
        key: The access token.

    Yields:
        What it finds.

    Returns:
        Whose key it is; None where it is not accepted.
    """
    user = yield from attempt("key", studio.me)
    if user is not None:
        # A personal access token is a JWT: three parts with dots between.
        kind = "personal access token" if key.count(".") == 2 else "legacy token"
        yield Finding("ok", "key", f"The {kind} of {user.email} is accepted")
    return user


def check_project(studio: Studio) -> Check[StudioProject | None]:
    """Check whether the project is there, and holds anything."""
    project = yield from attempt("project", studio.project)
    if project is None:
        return None
    if project.task_count:
        yield Finding("ok", "project", f"{project.title!r} with {project.task_count} tasks")
    else:
        yield Finding(
            "warning",
            "project",
            f"{project.title!r} has no tasks",
            f"project {project.id}",
            "Import texts in Label Studio.",
        )
    return project


def check_page(project: StudioProject) -> Iterator[Finding]:
    """Check whether the label stream of the project shows the pre-label."""
    if project.shows_predictions:
        yield Finding("ok", "pre-label", "The label stream shows it")
        return
    yield Finding(
        "warning",
        "pre-label",
        "The project hides predictions, so that the label stream shows people no pre-label",
        f"project {project.id}",
        "Tick *Use predictions to prelabel tasks* under Settings, Annotation.",
    )


def check_reviewers(studio: Studio, reviewers: Sequence[ReviewerSettings]) -> Iterator[Finding]:
    """Check whether the reviewers are users of Label Studio.

    Args:
        studio: Label Studio.
        reviewers: The reviewers of the settings.

    Yields:
        What it finds.
    """
    if not reviewers:
        yield Finding("ok", "reviewers", "None are named: one tab is for everybody")
        return
    users = yield from attempt("reviewers", studio.users)
    if users is None:
        return
    known = {user.email.lower() for user in users}
    unknown = [one.email for one in reviewers if one.email.lower() not in known]
    for email in unknown:
        yield Finding(
            "fault",
            "reviewers",
            f"{email} is no user of Label Studio",
            "reviewers",
            "Invite them under Organization, Add People, or correct the address.",
        )
    if not unknown:
        yield Finding("ok", "reviewers", f"{len(reviewers)} named, all users of Label Studio")
