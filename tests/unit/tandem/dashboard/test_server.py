"""The server: listens where it is told, tells a port that is taken in a line, and logs nothing."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from werkzeug.serving import BaseWSGIServer

from labeling.errors import SettingsError
from tandem.dashboard.app import create_app
from tandem.dashboard.live import Seen
from tandem.dashboard.server import is_loopback, server_of
from tests.support.dashboards import LINKS


@pytest.fixture
def server() -> Iterator[BaseWSGIServer]:
    """A running dashboard of a project that nothing is known of."""
    server = server_of(create_app(Seen, lambda: LINKS, tuple), "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_is_served_and_its_address_is_logged_nowhere(
    server: BaseWSGIServer, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = httpx.get(f"http://127.0.0.1:{server.port}/r/adas")
    assert answer.status_code == 200
    assert "ython" not in answer.headers["Server"], "what serves says no version"
    assert httpx.post(f"http://127.0.0.1:{server.port}/r/adas").status_code == 405
    assert capfd.readouterr() == ("", "")


def test_a_port_that_is_taken_is_told_in_a_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=r"Address already in use \(127.0.0.1:\d+\)\. Give"):
            server_of(create_app(Seen, lambda: LINKS, tuple), "127.0.0.1", port)


def test_an_address_of_another_machine_is_told_in_a_line() -> None:
    with pytest.raises(SettingsError, match=r"cannot listen there.*--host"):
        server_of(create_app(Seen, lambda: LINKS, tuple), "192.0.2.1", 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_is_this_machine_alone(host: str) -> None:
    assert is_loopback(host)
    assert not is_loopback("0.0.0.0")
