"""`tandem doctor` against a real Label Studio: each fault is named with a hint, none invented."""

from typing import Any

import httpx
import pytest

from routing.model.connect import connect
from routing.model.prelabel import prelabel
from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tandem.servers.process import free_port
from tandem.session import open_session
from tests.support.doctor_findings import door, examined, held, of_status, the_fault, warnings
from tests.support.label_configs import SENTIMENT
from tests.support.serving import Reply, as_json, serving
from tests.support.studio_fixtures import NewStudioProject
from tests.support.tandem_fixtures import PASSWORD, USER, NewSettings, StatedBackend

pytestmark = pytest.mark.studio

UNSUPPORTED = """
<View>
  <Text name="text" value="$text"/>
  <DateTime name="when" toName="text"/>
</View>
"""


@pytest.mark.model
def test_where_all_is_well_nothing_is_found_and_label_studio_is_left_as_it_was(
    label_studio: LabelStudioServer, new_settings: NewSettings, service: str
) -> None:
    auth = {"url": service, "user": USER, "password": PASSWORD}
    settings = new_settings(backend=auth, reviewers=[{"email": label_studio.email.upper()}])
    session = open_session(settings)
    connect(session.studio, session.backend, settings)
    version = prelabel(session.studio, session.backend, session.ledger, settings).model_version
    session.ledger.close()
    before = held(label_studio, session.studio.project_id)
    findings = examined(settings)
    assert [one for one in findings if one.status != "ok"] == []
    assert [one.name for one in findings] == [
        "settings",
        "label studio",
        "release",
        "edition",
        "key",
        "project",
        "label config",
        "pre-label",
        "reviewers",
        "backend",
        "model",
        "methods",
        "credentials",
        "version",
        "address",
        "connection",
        "score column",
        "ledger",
    ]
    assert version in of_status(findings, "ok")["score column"].what
    assert held(label_studio, session.studio.project_id) == before


def test_a_project_that_is_not_connected_is_left_as_it_was(
    label_studio: LabelStudioServer, new_settings: NewSettings
) -> None:
    settings = new_settings()
    before = held(label_studio, door(settings).project_id)
    found = warnings(settings)
    assert found.keys() == {"connection", "score column"}
    assert "`tandem connect`" in (found["connection"].hint or "")
    assert "`tandem prelabel`" in (found["score column"].hint or "")
    assert held(label_studio, door(settings).project_id) == before


def test_a_project_that_hides_predictions_is_named_with_the_way_out(
    new_settings: NewSettings,
) -> None:
    settings = new_settings()
    door(settings).update_project(show_collab_predictions=False)
    found = warnings(settings)["pre-label"]
    assert "no pre-label" in found.what
    assert "*Use predictions to prelabel tasks*" in (found.hint or "")


def test_settings_that_name_nothing_are_told_and_the_rest_is_looked_at(
    new_settings: NewSettings,
) -> None:
    settings = new_settings({"api_key": None, "project": None})
    findings = examined(settings)
    first, second = [finding for finding in findings if finding.status == "fault"]
    assert (first.where, second.where) == ("studio.api_key", "studio.project")
    assert "LABEL_STUDIO_API_KEY" in (first.hint or "")
    assert "`tandem init`" in (second.hint or "")
    assert {"label studio", "backend", "ledger"} <= of_status(findings, "ok").keys()


def test_an_address_where_nothing_answers_is_told(new_settings: NewSettings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    fault = the_fault(new_settings({"url": url, "project": 1}))
    assert (fault.name, fault.where) == ("label studio", url)
    assert "does not answer" in fault.what
    assert "LABEL_STUDIO_URL" in (fault.hint or "")


def test_an_address_where_something_else_answers_is_told(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    fault = the_fault(new_settings({"url": backend.url, "project": 1}))
    assert (fault.name, fault.where) == ("label studio", backend.url)
    assert "not Label Studio" in fault.what
    assert "LABEL_STUDIO_URL" in (fault.hint or "")


def test_another_release_is_warned_of(new_settings: NewSettings) -> None:
    def script(_method: str, path: str, *_: Any) -> Reply:
        if path == "/api/version/":
            return as_json({"release": "1.19.0", "edition": "Enterprise"})
        return as_json({"detail": "Authentication credentials were not provided."}, status=401)

    with serving(script) as url:
        findings = examined(new_settings({"url": url, "project": 1}))
    warning = of_status(findings, "warning")["release"]
    assert "1.19.0" in warning.what
    assert "--dry-run" in (warning.hint or "")
    assert "enterprise" in of_status(findings, "ok")["edition"].what


@pytest.mark.parametrize("kind", ["unknown", "forged", "not a key"])
def test_a_wrong_key_is_told(
    label_studio: LabelStudioServer, new_settings: NewSettings, kind: str
) -> None:
    forged = label_studio.pat.rpartition(".")[0] + "." + "x" * 43
    key = {"unknown": "f" * 40, "forged": forged, "not a key": "käse"}[kind]
    fault = the_fault(new_settings({"api_key": key, "project": 1}))
    assert fault.name == "key"
    assert "does not know the API key" in fault.what
    assert "LABEL_STUDIO_API_KEY" in (fault.hint or "")


@pytest.mark.usefixtures("without_legacy_tokens")
def test_a_legacy_key_where_they_are_off_is_told_from_a_wrong_one(
    label_studio: LabelStudioServer, new_settings: NewSettings
) -> None:
    fault = the_fault(new_settings({"api_key": label_studio.token, "project": 1}))
    assert fault.name == "key"
    assert "legacy tokens are off" in fault.what
    assert "personal access token" in (fault.hint or "")
    assert "/api/jwt/settings" in (fault.hint or "")


@pytest.mark.parametrize("kind", ["personal access token", "legacy token"])
def test_the_kind_of_a_good_key_is_told(
    label_studio: LabelStudioServer, new_settings: NewSettings, kind: str
) -> None:
    key = label_studio.token if kind.startswith("legacy") else label_studio.pat
    findings = examined(new_settings({"api_key": key}))
    assert f"The {kind} of {label_studio.email}" in of_status(findings, "ok")["key"].what


def test_a_deleted_project_is_told(
    label_studio: LabelStudioServer, new_settings: NewSettings
) -> None:
    settings = new_settings()
    httpx.delete(
        f"{label_studio.url}/api/projects/{settings.studio.project}/",
        headers={"Authorization": f"Token {label_studio.token}"},
    ).raise_for_status()
    fault = the_fault(settings)
    assert fault.name == "project"
    assert "studio.project" in (fault.hint or "")


def test_an_empty_project_is_warned_of(
    label_studio: LabelStudioServer, new_settings: NewSettings
) -> None:
    made = Studio(label_studio.url, label_studio.token).create_project("Empty", SENTIMENT)
    assert "Import" in (warnings(new_settings({"project": made.id}))["project"].hint or "")


def test_a_label_config_without_a_control_for_the_model_is_told(
    new_settings: NewSettings, studio_project: NewStudioProject
) -> None:
    fault = the_fault(new_settings({"project": studio_project(2, UNSUPPORTED)}))
    assert fault.name == "label config"
    assert "DateTime 'when'" in fault.what
    assert "Add a Choices" in (fault.hint or "")


def test_controls_that_are_left_to_people_are_warned_of(
    new_settings: NewSettings, studio_project: NewStudioProject
) -> None:
    config = SENTIMENT.replace(
        "</View>",
        '<Choices name="tone" toName="text"><Choice value="dry"/><Choice value="warm"/></Choices>'
        '<DateTime name="when" toName="text"/></View>',
    )
    found = warnings(new_settings({"project": studio_project(2, config)}))
    assert "answers Choices 'sentiment', Choices 'tone'" in found["label config"].what
    assert "only people DateTime 'when' (line " in found["label config"].what


def test_reviewers_who_are_no_users_are_told_one_by_one(
    label_studio: LabelStudioServer, new_settings: NewSettings
) -> None:
    emails = (label_studio.email, "who@localhost", "nobody@localhost")
    findings = examined(new_settings(reviewers=[{"email": email} for email in emails]))
    faults = [finding for finding in findings if finding.status == "fault"]
    assert [fault.what.split()[0] for fault in faults] == ["who@localhost", "nobody@localhost"]
    assert all("Invite" in (fault.hint or "") for fault in faults)


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere/ledger.sqlite3", "mysql://host/name"])
def test_a_ledger_that_cannot_be_opened_is_told(new_settings: NewSettings, url: str) -> None:
    fault = the_fault(new_settings(ledger=url))
    assert fault.name == "ledger"
    assert "cannot be opened" in fault.what
