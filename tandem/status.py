"""Where a project stands, in numbers."""

from collections import Counter
from typing import Any

from routing.duties import given_up, owed
from routing.observe import observe
from routing.progress import Progress, silent
from routing.rulings import is_pilot_answered
from routing.studio import Studio
from routing.tabs import LABELLING, PREFIX, tab_path
from tandem.session import Session


def status_of(session: Session, progress: Progress = silent) -> dict[str, Any]:
    """Look at the project and count; writes nothing but the ledger's mirror.

    Raises:
        TandemError: Label Studio or the backend cannot be asked.
    """
    scene = observe(
        session.studio, session.backend, session.ledger, session.settings, progress, dry_run=True
    )
    state = scene.state
    last = state.rounds[-1] if state.rounds else None
    waiting = Counter(one.worker for one in state.assignments if one.state == "open")
    people = [one for one in state.annotations if one.kind == "person"]
    return {
        "project": scene.project.title,
        "tasks": len(state.tasks),
        "model_version": last.model_version if last else None,
        "threshold": last.threshold if last else None,
        "answers_learned_from": last.answers if last else 0,
        "pilot_answered": is_pilot_answered(scene),
        "decisions": dict(Counter(one.kind for one in state.decisions.values())),
        "undecided": len(state.tasks) - len(state.decisions),
        "human_labels": sum(not one.was_cancelled for one in people),
        "skipped": sum(one.was_cancelled for one in people),
        "strays": sum(one.stray for one in people),
        "votes_owed": sum(owed(scene).values()),
        "votes_given_up": sum(given_up(scene).values()),
        "waiting": {scene.people.names[worker]: count for worker, count in waiting.items()},
        "label_streams": label_streams(session.studio),
        "backend": scene.backend.health().get("model"),
    }


def label_streams(studio: Studio) -> dict[str, str]:
    """Give the address that each reviewer opens to work, by the title of their tab."""
    return {
        view.title: f"{studio.url}{tab_path(studio.project_id, view.id)}{LABELLING}"
        for view in studio.views()
        if view.title.startswith(PREFIX)
    }
