"""The examination: the checks in their order, going on after a fault as far as sense allows."""

from collections.abc import Iterator

from labeling.form.equivalence import Equivalence
from labeling.settings.settings import Settings
from routing.ledger import Ledger
from routing.model.client import client_of
from routing.ownership.guard import require_own
from routing.snapshot import task_mapping
from routing.studio import Studio
from tandem.doctor.backend import check_backend, check_credentials, check_port, check_version
from tandem.doctor.connection import check_connection, check_score_column
from tandem.doctor.findings import Finding, attempt
from tandem.doctor.form import check_annotations, check_form
from tandem.doctor.studio import (
    check_key,
    check_page,
    check_project,
    check_reviewers,
    check_server,
)


def examine(settings: Settings) -> Iterator[Finding]:
    """Check everything that work needs; Label Studio is left as it was.

    A check whose ground is missing is left out: the fault before it says why.

    Args:
        settings: The settings.

    Yields:
        What each check found, as soon as it did.
    """
    yield from _check_settings(settings)
    key, number = settings.studio.api_key, settings.studio.project
    secret = key.get_secret_value() if key else ""
    studio = Studio(settings.studio.url, secret, number)
    # Without a key, since a wrong one is no fault of the address.
    is_there = yield from check_server(Studio(settings.studio.url, ""))
    user = (yield from check_key(studio, secret)) if is_there and key else None
    project = (yield from check_project(studio)) if user and number is not None else None
    form = (yield from check_form(project, settings)) if project else None
    if form:
        yield from check_annotations(studio, form)
    if project:
        yield from check_page(project)
    if form:
        known = Equivalence(form, settings.controls)
        yield from attempt("controls", known.require_fitting_settings)
    if user:
        yield from check_reviewers(studio, settings.reviewers)
    yield from check_port(settings.backend)
    backend = client_of(settings)
    is_up = yield from check_backend(backend, settings.confidence.methods)
    is_open = (yield from check_credentials(backend)) if is_up else False
    version = None
    if is_open and project and form:
        version = yield from check_version(backend, project.id, form)
    if project:
        address = settings.address_for_studio
        connected = yield from check_connection(studio, address, is_up=is_up)
        if version:
            yield from check_score_column(studio, project, connected, version)
    yield from _check_ledger(settings, studio if project else None)


def _check_settings(settings: Settings) -> Iterator[Finding]:
    missing = []
    if settings.studio.api_key is None:
        hint = "Set LABEL_STUDIO_API_KEY to an access token, or run `tandem init`."
        missing.append(Finding("fault", "settings", "There is no key", "studio.api_key", hint))
    if settings.studio.project is None:
        hint = "Set it to the number in the project's address, or run `tandem init`."
        missing.append(Finding("fault", "settings", "No project is named", "studio.project", hint))
    yield from missing or [Finding("ok", "settings", "The key and the project are named")]


def _check_ledger(settings: Settings, studio: Studio | None) -> Iterator[Finding]:
    where = yield from attempt("ledger", lambda: _opened(settings, studio))
    if where is not None:
        yield Finding("ok", "ledger", "It can be opened", where)


def _opened(settings: Settings, studio: Studio | None) -> str:
    """Open the ledger, as every command does; return its address.

    Raises:
        ForeignLedger: Another ledger keeps the project.
    """
    ledger = Ledger(settings.ledger_url, settings.studio.project or 0)
    try:
        ledger.upgrade()
        if studio is not None:
            descriptions = studio.descriptions()
            blind_project = task_mapping.find(descriptions, studio.project_id)
            require_own(ledger, descriptions, studio.project_id, blind_project)
        return ledger.address
    finally:
        ledger.close()
