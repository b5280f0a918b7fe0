"""What a person is told of an address that is nearly right: https, certificates, proxies, prefixes.

The servers are real ones, on sockets of this machine.
"""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labeling.errors import BackendUnreachable, StudioRefused, StudioUnreachable, TandemError
from routing.model.client import BackendClient
from routing.studio import Studio
from tests.support import serving as support
from tests.support.serving import Reply, as_json, serving

CERTIFICATE = Path(support.__file__).with_name("self_signed.pem")
KEY = "f" * 40


def studio_version(url: str) -> object:
    return Studio(url, KEY).version()


def studio_write(url: str) -> None:
    Studio(url, KEY, 1).update_project(title="New")


def backend_health(url: str) -> object:
    return BackendClient(url).health()


ASKED = [studio_version, studio_write, backend_health]


def refusal(act: Callable[[str], object], url: str) -> str:
    with pytest.raises((StudioUnreachable, StudioRefused, BackendUnreachable)) as caught:
        act(url)
    assert isinstance(caught.value, TandemError)
    [line] = caught.value.lines
    assert "deleted" not in line
    return line


@pytest.fixture
def secured() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with serving(lambda *_: as_json({"release": "1.23.2", "status": "UP"}), context) as url:
        yield url


@pytest.mark.parametrize("act", ASKED)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_server_that_leads_to_https_is_told_in_one_line(
    act: Callable[[str], object], status: int
) -> None:
    def lead(_method: str, path: str, *_: object) -> Reply:
        return status, {"Location": f"https://127.0.0.1:4443{path}"}, b""

    with serving(lead) as url:
        said = refusal(act, url)
    assert "wants https" in said
    assert "to https://127.0.0.1:4443." in said


def test_the_path_of_the_address_is_kept() -> None:
    def lead(_method: str, path: str, *_: object) -> Reply:
        return 301, {"Location": f"https://127.0.0.1{path}?next=1"}, b""

    with serving(lead) as url:
        assert "to https://127.0.0.1/label." in refusal(studio_version, f"{url}/label")


def test_a_login_page_in_front_is_told() -> None:
    with serving(lambda *_: (302, {"Location": "https://sso.example.org/login?a=1"}, b"")) as url:
        said = refusal(studio_version, url)
    assert "leads on to https://sso.example.org/login" in said
    assert "one without" in said


@pytest.mark.parametrize("act", ASKED)
def test_a_certificate_that_nobody_signed_is_told(
    act: Callable[[str], object], secured: str
) -> None:
    said = refusal(act, secured)
    assert "its certificate is not trusted (self-signed certificate)" in said
    assert "SSL_CERT_FILE" in said


def test_the_certificate_is_taken_from_where_the_hint_says(
    secured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

    assert Studio(secured, KEY).version().release == "1.23.2"
    assert BackendClient(secured).health().status == "UP"


@pytest.mark.parametrize("act", ASKED)
def test_a_certificate_of_another_name_is_told(
    act: Callable[[str], object], secured: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

    assert "for another name" in refusal(act, secured.replace("127.0.0.1", "localhost"))


@pytest.mark.parametrize("act", ASKED)
def test_https_where_http_is_spoken_is_told(act: Callable[[str], object]) -> None:
    with serving(lambda *_: as_json({})) as url:
        said = refusal(act, url.replace("http://", "https://"))
    assert "no https is spoken there" in said
    assert "http://" in said


@pytest.mark.parametrize("act", ASKED)
def test_nobody_there_is_told_without_numbers_of_errors(act: Callable[[str], object]) -> None:
    with serving(lambda *_: as_json({})) as url:
        pass
    said = refusal(act, url)
    assert "does not answer: Connection refused" in said
    assert "Start it" in said
    assert "or: " not in said
    assert " or set " in said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (502, "A proxy answers with status 502 in place of Label Studio"),
        (503, "A proxy answers with status 503 in place of Label Studio"),
        (413, "takes no request of this size"),
        (429, "takes no more requests for now"),
        (403, "Something in front of Label Studio refuses with status 403"),
        (404, "What answers there is not Label Studio"),
        (200, "What answers there is not Label Studio"),
    ],
)
def test_the_page_of_a_proxy_is_told(status: int, said: str) -> None:
    page = (status, {"Content-Type": "text/html"}, b"<html>nginx</html>")
    with serving(lambda *_: page) as url:
        for act in (studio_version, studio_write):
            assert said in refusal(act, url)
            assert "nginx<" not in refusal(act, url)
