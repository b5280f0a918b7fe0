"""What `tandem init` asks, where the command line did not say it."""

from collections.abc import Sequence
from typing import Any

import typer

from labeling.errors import SettingsError
from labeling.settings.sections import BackendSettings, StudioSettings
from routing.studio import Studio


def interview(
    url: str | None,
    key: str | None,
    project: int | None,
    backend: str | None,
    reviewers: Sequence[str] | None,
    *,
    is_silent: bool,
) -> dict[str, Any]:
    """Return the settings by section; ask for what is missing, unless silent.

    Args:
        url: Label Studio's address; None: ask.
        key: An access token; None: ask.
        project: The project's number; None: ask.
        backend: The ML backend's address; None: ask.
        reviewers: The reviewers' e-mails; None: ask.
        is_silent: Whether defaults are taken instead of asking.

    Returns:
        The settings that differ from the defaults, by section.

    Raises:
        SettingsError: Something that has no default is missing, and nothing may be asked.
        StudioUnreachable: Nothing answers at the address.
        StudioRefused: The key is wrong.
    """
    url = url or _ask("Label Studio's address", StudioSettings().url, is_silent)
    if key is None:
        if is_silent:
            raise SettingsError("No key is given", hint="Give --key or set LABEL_STUDIO_API_KEY.")
        key = typer.prompt("An access token (Account & Settings in Label Studio)", hide_input=True)
    if project is None:
        if is_silent:
            raise SettingsError("No project is given", hint="Give --project.")
        project = _choose_project(Studio(url, key))
    backend = backend or _ask("The ML backend's address", BackendSettings().url, is_silent)
    if reviewers is None:
        asked = _ask("Reviewers' e-mails, with commas between", "", is_silent)
        reviewers = [email.strip() for email in asked.split(",") if email.strip()]
    return {
        "studio": {"url": url, "project": project, "api_key": key},
        "backend": {"url": backend},
        "reviewers": [{"email": email} for email in reviewers],
    }


def _ask(question: str, default: str, is_silent: bool) -> str:
    return default if is_silent else str(typer.prompt(question, default=default))


def _choose_project(studio: Studio) -> int:
    projects = studio.projects()
    for project in projects:
        typer.echo(f"  {project.id}: {project.title} ({project.task_count} tasks)")
    return int(typer.prompt("The project's number", type=int))
