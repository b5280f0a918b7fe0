"""Notifying: a command and a webhook are told who got work, who was paused, and that all is done.

Each is told once what it took. A failure is a warning, and is tried again by the next pass.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

import httpx

from labeling.settings.sections import NotifySettings
from routing.ledger.journal import Step, carry_out
from routing.ledger.records import Write
from routing.reviewers.notices import Notice, OpenWork, done_notice, paused_notices, work_notices
from routing.snapshot.places import places_of
from routing.snapshot.snapshot import Snapshot

KIND = "notice"

Channel: TypeAlias = Callable[[Mapping[str, Any]], object]


class NotNotified(Exception):
    """A channel did not take a notice; its text says why, without the channel's address."""


def notify(snapshot: Snapshot) -> list[str]:
    """Tell every channel what it was not told yet.

    Args:
        snapshot: The main project, at the end of a pass.

    Returns:
        Warnings, one a channel that failed.
    """
    channels = channels_of(snapshot.settings.notify)
    if not channels:
        return []
    ledger, now, warnings = snapshot.ledger, snapshot.clock(), []
    notices = _notices(snapshot)
    told = {one.key for one in ledger.writes(KIND)}
    for name, tell in channels.items():
        for notice in notices:
            key = f"{KIND}:{name}:{notice.key}"
            if key in told:
                continue
            try:
                tell(notice.content)
            except NotNotified as error:
                warnings.append(f"notify.{name}: {error}; the next pass tries again")
                break
            after = {"event": notice.content["event"], "left": notice.content.get("left", 0)}
            carry_out(ledger, Step([Write(key, KIND, notice.target, None, after, now)], _nothing))
    return warnings


def channels_of(settings: NotifySettings) -> dict[str, Channel]:
    """Return what is to be told, by its name in the settings."""
    channels: dict[str, Channel] = {}
    command, webhook = settings.command, settings.webhook
    if command:
        channels["command"] = lambda content: _run(command, content, settings.timeout)
    if webhook:
        channels["webhook"] = lambda content: _post(webhook, content, settings.timeout)
    return channels


def _notices(snapshot: Snapshot) -> list[Notice]:
    state, project = snapshot.state, snapshot.project
    named = {
        "id": project.id,
        "title": project.title,
        "address": f"{snapshot.studio.url}/projects/{project.id}",
    }
    paused = paused_notices(named, snapshot.person_states.values(), snapshot.people)
    if snapshot.is_finished:
        last = max((one.decided_at for one in state.decisions.values()), default=None)
        return [*paused, *([done_notice(named, last)] if last else [])]
    return [*paused, *work_notices(named, places_of(snapshot), _open_work(snapshot))]


def _open_work(snapshot: Snapshot) -> Iterator[OpenWork]:
    """List what is asked of people and not answered, in the main and in the blind project."""
    for project in filter(None, [snapshot, snapshot.blind_project]):
        answered = {(one.task, one.worker_id) for one in project.standing}
        for one in project.state.assignments:
            decision = project.state.decisions.get(one.task)
            if one.state == "open" and decision and (one.task, one.worker) not in answered:
                yield OpenWork(one.worker, decision.kind, one.assigned_at)


def _run(command: str | tuple[str, ...], content: Mapping[str, Any], seconds: float) -> None:
    """Run a command with the notice on its standard input.

    Raises:
        NotNotified: It cannot be run, fails or takes too long.
    """
    try:
        ended = subprocess.run(
            command,
            shell=isinstance(command, str),
            input=json.dumps(content).encode(),
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotNotified(f"the command took more than {seconds:g} s") from error
    except OSError as error:
        raise NotNotified(f"the command cannot be run: {error.strerror}") from error
    if ended.returncode:
        raise NotNotified(f"the command ended with status {ended.returncode}")


def _post(address: str, content: Mapping[str, Any], seconds: float) -> None:
    """Post the notice to an address, which may be a secret by itself.

    Raises:
        NotNotified: Nothing answers there, or it says no.
    """
    try:
        answer = httpx.post(address, json=dict(content), timeout=seconds)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotNotified(f"the webhook does not answer: {type(error).__name__}") from error
    if not answer.is_success:
        raise NotNotified(f"the webhook answers with status {answer.status_code}")


def _nothing() -> None:
    """Do nothing: the notice was taken already."""
