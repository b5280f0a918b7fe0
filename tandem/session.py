"""What every command works with: the doors and the ledger, opened as the settings say."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from labeling.errors import SettingsError
from labeling.logs.request_id import new_request_id
from labeling.settings.load import load
from labeling.settings.settings import SETTINGS_FILE, Settings
from routing.ledger import Ledger
from routing.ledger.lock import locked
from routing.ledger.passes import recorded_pass
from routing.model.client import BackendClient, client_of
from routing.progress import Progress, silent
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from routing.studio import Studio
from routing.sync import FormDecision, SyncReport, sync


@dataclass(frozen=True, slots=True)
class Session:
    """A project's Label Studio, ML backend and ledger."""

    settings: Settings
    studio: Studio
    backend: BackendClient
    ledger: Ledger

    @property
    def requests(self) -> int:
        """How many requests were made of Label Studio and the ML backend."""
        return self.studio.requests + self.backend.requests

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other controller from working on the project meanwhile; see `locked`.

        Raises:
            Busy: Another process is at work.
            LedgerError: The ledger cannot be used.
        """
        return locked(self.ledger.engine, self.studio.project_id)

    def look(self, progress: Progress = silent) -> Snapshot:
        """Look at the project as a pass does, writing nothing but the ledger's mirror.

        Raises:
            TandemError: Label Studio cannot be asked, or the form cannot be answered.
        """
        return observe(self.studio, self.ledger, self.settings, progress, dry_run=True)

    def make_pass(
        self,
        progress: Progress = silent,
        *,
        dry_run: bool = False,
        on_form_change: FormDecision | None = None,
        last: SyncReport | None = None,
    ) -> SyncReport:
        """Make one pass, and record when, what it wrote and why it failed; see `routing.sync`.

        Args:
            progress: Told how far each step is.
            dry_run: Work out what would be done; write and record nothing.
            on_form_change: What is done where the label config changed in mid-course.
            last: What this session's last pass did; None: it is the first.

        Returns:
            What was done, or would be.

        Raises:
            TandemError: The pass failed.
        """
        self.backend.request_id = new_request_id()
        doors = self.studio, self.backend, self.ledger, self.settings, progress
        if dry_run:
            return sync(*doors, dry_run=True, on_form_change=on_form_change)
        asked = self.requests
        with recorded_pass(self.ledger) as outcome:
            try:
                report = sync(*doors, on_form_change=on_form_change, last=last)
                outcome.writes = len(report.changes)
            finally:
                outcome.requests = self.requests - asked
        return report

    def claim(self, progress: Progress = silent) -> Snapshot:
        """Look at the project, and mark it as the one that this ledger keeps.

        Raises:
            ForeignLedger: Another ledger keeps it.
            TandemError: Label Studio cannot be asked, or the form cannot be answered.
        """
        return observe(self.studio, self.ledger, self.settings, progress)


def open_project(file: Path | None) -> Session:
    """Load the settings, and open the doors of the project that they name.

    Args:
        file: The settings file; None: `tandem.yaml`, which may be missing where the environment
            says all that is needed.

    Returns:
        The session.

    Raises:
        SettingsError: The settings cannot be used, or do not name the key or the project.
        LedgerError: The ledger cannot be used.
    """
    return open_session(load_project(file))


def load_project(file: Path | None) -> Settings:
    """Load the settings of a project, which name it and the key; nothing is asked of anybody.

    Args:
        file: See `open_project`.

    Returns:
        The settings.

    Raises:
        SettingsError: The settings cannot be used, or do not name the key or the project.
    """
    settings = load(file)
    require_file(settings, file)
    _door(settings)
    return settings


def require_file(settings: Settings, file: Path | None) -> None:
    """Say that there is no settings file, where one is needed.

    Args:
        settings: The settings.
        file: The file that was named; None: `tandem.yaml`.

    Raises:
        SettingsError: There is none, and the environment names no project or no key.
    """
    is_enough = settings.studio.api_key is not None and settings.studio.project is not None
    if file is None and not is_enough and not SETTINGS_FILE.exists():
        raise SettingsError(
            f"There is no {SETTINGS_FILE} here",
            where=str(Path.cwd()),
            hint="Make one with `tandem init`, go to the folder that has it, or name it with"
            " -s FILE.",
        )


def open_session(settings: Settings) -> Session:
    """Open the doors; nothing is asked of anybody yet but the ledger, which is made or migrated.

    Raises:
        SettingsError: The key or the project is missing, or the ledger is of a newer release.
        LedgerError: The ledger cannot be used.
    """
    key, project = _door(settings)
    ledger = Ledger(settings.ledger_url, project)
    try:
        ledger.upgrade()
    except Exception:
        ledger.close()  # whoever watches tries again, and again
        raise
    return Session(settings, Studio(settings.studio.url, key, project), client_of(settings), ledger)


def _door(settings: Settings) -> tuple[str, int]:
    """Return Label Studio's key, and the project.

    Raises:
        SettingsError: One of them is missing.
    """
    key, project = settings.studio.api_key, settings.studio.project
    if key is None:
        raise SettingsError(
            "There is no key for Label Studio",
            hint="Set LABEL_STUDIO_API_KEY to an access token, or run `tandem init`.",
        )
    if project is None:
        raise SettingsError(
            "No project is named",
            where="studio.project",
            hint="Set it to the number in the project's address, or run `tandem init`.",
        )
    return key.get_secret_value(), project
