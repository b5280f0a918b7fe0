"""What every command works with: the doors and the ledger, opened as the settings say."""

from dataclasses import dataclass

from labeling.errors import SettingsError
from labeling.settings import Settings
from routing.backend import BackendClient
from routing.ledger import Ledger
from routing.studio import Studio


@dataclass(frozen=True, slots=True)
class Session:
    """A project's Label Studio, ML backend and ledger."""

    settings: Settings
    studio: Studio
    backend: BackendClient
    ledger: Ledger


def open_session(settings: Settings) -> Session:
    """Open the doors; nothing is asked of anybody yet but the ledger, which is made or migrated.

    Raises:
        SettingsError: The key or the project is missing, or the ledger cannot be opened.
    """
    key, project = settings.studio.api_key, settings.studio.project
    if key is None:
        raise SettingsError(
            "There is no key for Label Studio",
            mend="Set LABEL_STUDIO_API_KEY to an access token, or run `tandem init`.",
        )
    if project is None:
        raise SettingsError(
            "No project is named",
            where="studio.project",
            mend="Set it to the number in the project's address, or run `tandem init`.",
        )
    if settings.ledger is None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(settings.ledger_url, project)
    ledger.upgrade()
    return Session(
        settings,
        Studio(settings.studio.url, key.get_secret_value(), project),
        BackendClient(settings.backend.url, settings.backend.credentials),
        ledger,
    )
