"""What examinations find, for the tests of `tandem doctor`."""

from typing import Any

import httpx

from labeling.settings.settings import Settings
from routing.model.client import BackendClient, client_of
from routing.studio import Studio
from routing.studio.models import NewPrediction
from tandem.doctor import Finding, as_dict, examine
from tandem.servers.label_studio import LabelStudioServer


def door(settings: Settings) -> Studio:
    key = settings.studio.api_key
    assert key is not None
    return Studio(settings.studio.url, key.get_secret_value(), settings.studio.project)


def client(settings: Settings) -> BackendClient:
    return client_of(settings)


def examined(settings: Settings) -> list[Finding]:
    """What is found; that no secret is in it is looked at each time."""
    findings = list(examine(settings))
    shown = repr([as_dict(finding) for finding in findings])
    for secret in (settings.studio.api_key, settings.backend.password):
        assert secret is None or secret.get_secret_value() not in shown
    return findings


def new_prediction(task: int, version: str) -> NewPrediction:
    value = {"choices": ["positive"]}
    region = {"from_name": "sentiment", "to_name": "text", "type": "choices", "value": value}
    return NewPrediction(task, [region], 0.5, version)


def of_status(findings: list[Finding], status: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings if finding.status == status}


def the_fault(settings: Settings) -> Finding:
    """The only fault."""
    (fault,) = [finding for finding in examined(settings) if finding.status == "fault"]
    assert fault.hint
    return fault


def warnings(settings: Settings) -> dict[str, Finding]:
    """The warnings, where there is no fault."""
    findings = examined(settings)
    assert of_status(findings, "fault") == {}
    found = of_status(findings, "warning")
    assert all(finding.hint for finding in found.values())
    return found


def held(server: LabelStudioServer, project: int) -> list[Any]:
    """All of a project that Label Studio tells, but for when it looked and was asked."""
    headers = {"Authorization": f"Token {server.token}"}
    with httpx.Client(base_url=server.url, headers=headers, timeout=60) as raw:
        parts = [
            raw.get(path, follow_redirects=True).raise_for_status().json()
            for path in (
                f"/api/projects/{project}/",
                f"/api/ml/?project={project}",
                f"/api/webhooks/?project={project}",
                "/api/webhooks/",
                "/api/users/",
            )
        ]
    for connected in parts[1]:
        del connected["updated_at"]
    for user in parts[4]:
        del user["last_activity"]
    return parts
