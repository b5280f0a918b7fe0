"""A project on a real Label Studio that can be made what it was at a moment."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from routing.ledger import Ledger
from routing.snapshot import task_mapping
from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.killing.state import copy_database


@dataclass(frozen=True, slots=True)
class Restorable:
    """A project whose moments can be kept.

    Attributes:
        server: The Label Studio that holds the project.
        studio: The administrator's door to it.
        folder: Holds the ledger, and a copy of both databases for each moment.
    """

    server: LabelStudioServer
    studio: Studio
    folder: Path

    def save(self, moment: str) -> None:
        """Keep the present as a moment."""
        copy_database(self._studio_file, self.folder / f"{moment}-studio.sqlite3")
        if self._ledger_file.exists():
            copy_database(self._ledger_file, self.folder / f"{moment}-ledger.sqlite3")

    def restore(self, moment: str) -> None:
        """Make Label Studio and the ledger what they were at a moment."""
        copy_database(self.folder / f"{moment}-studio.sqlite3", self._studio_file)
        shutil.rmtree(self.data_dir, ignore_errors=True)
        kept = self.folder / f"{moment}-ledger.sqlite3"
        if kept.exists():
            self.data_dir.mkdir()
            copy_database(kept, self._ledger_file)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Open the ledger."""
        ledger = Ledger(f"sqlite:///{self._ledger_file}", self.studio.project_id)
        try:
            yield ledger
        finally:
            ledger.close()

    @property
    def blind_project(self) -> Studio:
        """The one project where people are asked blind."""
        mark = task_mapping.marker(self.studio.project_id)
        described = self.studio.descriptions().items()
        [found] = [one for one, text in described if mark in text.splitlines()]
        return self.studio.beside(found)

    @property
    def data_dir(self) -> Path:
        """Where Tandem keeps the ledger."""
        return self.folder / "data"

    @property
    def _ledger_file(self) -> Path:
        return self.data_dir / "ledger.sqlite3"

    @property
    def _studio_file(self) -> Path:
        return self.server.data_dir / "label_studio.sqlite3"
