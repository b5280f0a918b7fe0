"""A project whose Label Studio and backend are in memory, and its ledger in a file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.clock import Clock, system_clock
from routing.ledger import Ledger
from routing.snapshot import task_mapping
from routing.studio.models import StudioView
from routing.sync import SyncReport, sync
from routing.tunables import DEFAULTS, Tunables
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_studio import MODEL_USER, MemoryServer, MemoryStudio


@dataclass
class MemoryLoop:
    """A project in the loop, with nothing but memory behind.

    Attributes:
        sections: Sections of the settings, in the form that the file has.
    """

    studio: MemoryStudio
    backend: MemoryBackend
    ledger: Ledger
    sections: dict[str, Any] = field(default_factory=dict)
    tunables: Tunables = DEFAULTS

    def staff(self, *emails: str) -> None:
        """Say who reviews from the next pass on."""
        self.sections["reviewers"] = [{"email": one, "capacity": 1_000} for one in emails]

    def sync(
        self,
        *,
        dry_run: bool = False,
        last: SyncReport | None = None,
        clock: Clock = system_clock,
    ) -> SyncReport:
        """Make a pass."""
        return sync(
            cast(Any, self.studio),
            cast(Any, self.backend),
            self.ledger,
            Settings.model_validate(self.sections),
            clock=clock,
            tunables=self.tunables,
            dry_run=dry_run,
            last=last,
        )

    @property
    def blind(self) -> MemoryStudio:
        """The blind project."""
        found = task_mapping.find(self.studio.descriptions(), self.studio.project_id)
        assert found is not None
        return self.studio.beside(found)


def new_memory_loop(folder: Path, tasks: int, *people: str, **policy: Any) -> MemoryLoop:
    """Make a project of so many tasks, reviewed by these people, each named by their address."""
    server = MemoryServer(people)
    studio = MemoryStudio(server, server.new_project("Posts"))
    studio.import_tasks([{"text": f"Text {number}"} for number in range(tasks)])
    ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3", studio.project_id)
    ledger.upgrade()
    loop = MemoryLoop(studio, MemoryBackend(parse(server.label_config)), ledger)
    loop.sections = {"studio": {"model_user": MODEL_USER.email}, "policy": policy}
    loop.staff(*people)
    return loop


def titles(studio: MemoryStudio) -> list[str]:
    """The titles of a project's tabs, from the left to the right."""
    return [one.title for one in studio.views()]


def tab_called(studio: MemoryStudio, beginning: str) -> StudioView:
    """The tab whose title begins so."""
    return next(one for one in studio.views() if one.title.startswith(beginning))
