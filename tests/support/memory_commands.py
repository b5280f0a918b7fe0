"""Commands on a project whose servers are in memory."""

from typing import Any, cast

import pytest

from labeling.settings.settings import Settings
from tandem import session
from tests.support.memory_project import MemoryLoop


def work_on(loop: MemoryLoop, monkeypatch: pytest.MonkeyPatch, backend: object = None) -> None:
    """Have every command find this project, whatever its settings file.

    Args:
        loop: The project.
        monkeypatch: Undoes it after the test.
        backend: Who predicts and learns; None: the project's own.
    """
    settings = Settings.model_validate(loop.sections)
    opened = session.Session(
        settings,
        cast(Any, loop.studio),
        cast(Any, backend or loop.backend),
        loop.ledger,
    )
    monkeypatch.setattr(session, "open_project", lambda _: opened)
    monkeypatch.setattr(session, "load_project", lambda _: settings)
    monkeypatch.setattr(session, "open_session", lambda _: opened)
