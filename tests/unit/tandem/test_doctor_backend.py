"""What `tandem doctor` makes of what the ML backend says of itself."""

import pytest

from labeling.settings.backend_section import BackendSettings
from routing.model.client import BackendClient
from tandem.doctor.backend import check_backend, check_port
from tandem.doctor.findings import Finding
from tests.support.serving import as_json, serving

READY = {"status": "UP", "model": "ready", "methods": {"margin": None}}


def findings(health: dict[str, object]) -> list[Finding]:
    with serving(lambda *_: as_json(health)) as url:
        return list(check_backend(BackendClient(url), ["margin"]))


def test_a_project_whose_learned_state_is_unreadable_is_warned_of() -> None:
    [warning] = [
        one
        for one in findings({**READY, "unreadable": {"7": "'basis' is missing"}})
        if one.status == "warning"
    ]
    assert warning.name == "learned"
    assert "project 7" in warning.what
    assert "'basis' is missing" in warning.what
    assert "tandem sync" in (warning.hint or "")


def test_a_training_that_failed_is_warned_of() -> None:
    last = {"project": "7", "outcome": "failed", "why": "head: out of memory", "seconds": 61.2}
    [warning] = [
        one for one in findings({**READY, "training": {"last": last}}) if one.status == "warning"
    ]
    assert warning.name == "training"
    assert "of project 7, failed: head: out of memory" in warning.what


@pytest.mark.parametrize("said", [{}, {"unreadable": {}}, {"training": None}, {"training": {}}])
def test_of_one_where_all_can_be_read_nothing_is_said(said: dict[str, object]) -> None:
    assert {one.status for one in findings({**READY, **said})} == {"ok"}


def test_a_port_other_than_that_of_the_backend_s_address_is_warned_of() -> None:
    [warning] = check_port(BackendSettings(url="http://localhost:9090", port=9091))
    assert warning.status == "warning"
    assert "listens on port 9091, and backend.url says 9090" in warning.what


@pytest.mark.parametrize("port", [None, 9090])
def test_of_a_port_that_fits_or_of_another_machine_nothing_is_said(port: int | None) -> None:
    assert list(check_port(BackendSettings(url="http://localhost:9090", port=port))) == []
    assert list(check_port(BackendSettings(url="http://gpu:9095", port=port))) == []
