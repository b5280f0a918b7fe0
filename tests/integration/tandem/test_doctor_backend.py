"""`tandem doctor` on the ML backend, and on the way that Label Studio has to it."""

from pathlib import Path

import pytest

from labeling.errors import BackendUnreachable
from labeling.studio_path import path_of
from routing.model.connect import connect
from routing.studio import Studio
from tandem.servers.backend import BackendServer
from tandem.servers.label_studio import LabelStudioServer
from tandem.servers.process import free_port
from tandem.session import open_session
from tests.support.doctor_findings import (
    client,
    door,
    examined,
    held,
    new_prediction,
    of_status,
    the_fault,
    warnings,
)
from tests.support.label_configs import SENTIMENT
from tests.support.serving import serving
from tests.support.tandem_fixtures import PASSWORD, USER, NewSettings, StatedBackend

pytestmark = pytest.mark.studio

BASIC = "Basic YWRhOmEtcGFzc3dvcmQtb2YtYWRhLXM="


def test_a_backend_that_is_down_is_told(new_settings: NewSettings) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    fault = the_fault(new_settings(backend={"url": url}))
    assert (fault.name, fault.where) == ("backend", url)
    assert "does not answer" in fault.what
    assert "`tandem serve`" in (fault.hint or "")


def test_a_connected_backend_that_went_down_is_told(new_settings: NewSettings) -> None:
    gone = StatedBackend()
    with serving(gone.script) as gone.url:
        settings = new_settings(backend={"url": gone.url})
        connect(door(settings), client(settings), settings)
    faults = of_status(examined(settings), "fault")
    assert faults.keys() == {"backend", "connection"}
    assert "'Disconnected'" in faults["connection"].what
    assert all("`tandem serve`" in (fault.hint or "") for fault in faults.values())


def test_another_ml_backend_is_told(new_settings: NewSettings, backend: StatedBackend) -> None:
    backend.health = {"status": "UP", "model_class": "Sentiment"}
    fault = the_fault(new_settings())
    assert fault.name == "backend"
    assert "not Tandem's" in fault.what
    assert "`tandem serve`" in (fault.hint or "")


@pytest.mark.model
def test_wrong_credentials_of_the_backend_are_told(new_settings: NewSettings, service: str) -> None:
    fault = the_fault(new_settings(backend={"url": service, "user": USER, "password": "guessed"}))
    assert fault.name == "credentials"
    assert "BASIC_AUTH_PASS" in (fault.hint or "")


def test_a_model_that_still_loads_is_warned_of(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    backend.health["model"] = "loading"
    assert "still loading" in warnings(new_settings())["model"].what


def test_a_method_that_the_engine_does_not_allow_is_told(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    backend.health["methods"] = {"label-logprob": "log-probabilities", "verbalised": None}
    fault = the_fault(new_settings())
    assert (fault.name, fault.where) == ("methods", "confidence.methods")
    assert "'label-logprob'" in fault.what
    assert "log-probabilities" in fault.what
    assert fault.hint == "Name one of: verbalised."


def test_the_methods_that_the_engine_allows_are_named(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    backend.health["methods"] = {"label-logprob": None, "verbalised": "text", "margin": None}
    found = of_status(examined(new_settings()), "ok")["methods"]
    assert found.what == "The engine allows: label-logprob, margin"


def test_a_broken_model_is_told_with_what_the_loader_said(
    new_settings: NewSettings, tmp_path: Path
) -> None:
    broken = str(tmp_path / "broken-model")
    Path(broken).mkdir()
    (Path(broken) / "config.json").write_text('{"model_type": "llama"}')
    (Path(broken) / "model.safetensors").write_bytes(b"no weights")
    with BackendServer(tmp_path / "backend", TANDEM_MODEL__NAME=broken) as server:
        settings = new_settings(backend={"url": server.url})
        studio = door(settings)
        with pytest.raises(BackendUnreachable, match="cannot be loaded"):
            client(settings).predict(
                None, SENTIMENT, [{"id": 1, "data": {"text": "It waits for the model."}}]
            )
        fault = the_fault(settings)
    assert fault.name == "model"
    assert "cannot be loaded" in fault.what
    assert broken in fault.what
    assert "model.name" in (fault.hint or "")
    assert studio.backends() == []


def test_an_address_that_label_studio_may_not_call_is_told(
    guarded_label_studio: LabelStudioServer, new_settings: NewSettings, backend: StatedBackend
) -> None:
    server = guarded_label_studio
    project = Studio(server.url, server.token).create_project("Guarded", SENTIMENT).id
    before = held(server, project)
    named = {"url": server.url, "api_key": server.token, "project": project}
    settings = new_settings(named)
    fault = the_fault(settings)
    assert (fault.name, fault.where) == ("address", settings.address_for_studio)
    assert settings.address_for_studio.startswith(f"{backend.url}/studios/")
    assert "SSRF protection" in fault.what
    assert "ML_BLOCK_LOCAL_IP=false" in (fault.hint or "")
    assert "SSRF_PROTECTION_ENABLED=false" in (fault.hint or "")
    assert held(server, project) == before


def test_an_address_that_label_studio_tells_of_no_event_is_warned_of(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    address = backend.url.replace("127.0.0.1", str(0x7F000001))
    settings = new_settings(backend={"url": backend.url, "url_for_studio": address})
    warning = warnings(settings)
    assert warning["address"].where == settings.address_for_studio
    assert "name with a dot" in (warning["address"].hint or "")


def test_a_connection_to_another_backend_is_told_with_its_address(
    new_settings: NewSettings,
) -> None:
    other = StatedBackend()
    with serving(other.script) as other.url:
        settings = new_settings()
        door(settings).save_backend(other.url, "other-1")
        assert other.url in warnings(settings)["connection"].what


def test_a_connection_of_the_label_studio_that_this_one_is_a_copy_of_is_told(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    settings = new_settings()
    original = f"{backend.url}{path_of('http://original.example.org')}"
    door(settings).save_backend(original, "tiny-1")
    warning = warnings(settings)["connection"]
    assert f"only to {original}" in warning.what
    assert "`tandem connect`" in (warning.hint or "")


def test_a_backend_that_refuses_label_studio_is_told(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    settings = new_settings(backend={"url": backend.url, "user": USER, "password": PASSWORD})
    door(settings).save_backend(settings.address_for_studio, "tiny-1")
    backend.wants = BASIC
    fault = the_fault(settings)
    assert (fault.name, fault.where) == ("connection", settings.address_for_studio)
    assert "'Error'" in fault.what
    assert "`tandem connect`" in (fault.hint or "")


def test_a_backend_that_answers_here_and_not_label_studio_is_told(
    new_settings: NewSettings, backend: StatedBackend
) -> None:
    gone = StatedBackend()
    with serving(gone.script) as gone.url:
        settings = new_settings(backend={"url": backend.url, "url_for_studio": gone.url})
        connect(door(settings), client(settings), settings)
    fault = the_fault(settings)
    assert (fault.name, fault.where) == ("connection", settings.address_for_studio)
    assert "backend.url_for_studio" in (fault.hint or "")


@pytest.mark.parametrize("moved", ["title", "project", "version"])
def test_names_that_fell_apart_hide_the_scores_and_are_warned_of(
    new_settings: NewSettings, backend: StatedBackend, moved: str
) -> None:
    settings = new_settings()
    session = open_session(settings)
    studio = session.studio
    ids = studio.task_ids()
    connect(studio, session.backend, settings)
    studio.import_predictions([new_prediction(ids[0], "tiny-1"), new_prediction(ids[1], "tiny-0")])
    session.ledger.close()
    assert warnings(settings) == {}
    if moved == "title":
        studio.save_backend(settings.address_for_studio, "tiny-0")
        studio.update_project(model_version="tiny-1")
    elif moved == "project":
        studio.update_project(model_version="tiny-0")
    else:
        backend.version = "tiny-2"
    (found,) = warnings(settings).values()
    assert found.name == "score column"
    assert {"title": "title is 'tiny-0'", "project": "shows version 'tiny-0'"}.get(
        moved, "No task has a prediction of tiny-2"
    ) in found.what
    assert "`tandem prelabel`" in (found.hint or "")
