"""What the benchmarks serve keeps connections, so that a pass is not slowed by new ones."""

import httpx
from flask import Flask, request

from bench.serving import serving


def test_many_requests_come_over_one_connection_also_where_a_body_is_left_unread() -> None:
    app = Flask(__name__)
    callers: list[str] = []

    @app.route("/refused", methods=["POST"])
    def refuse() -> tuple[str, int]:
        callers.append(request.environ["REMOTE_PORT"])
        return "no", 403

    @app.route("/echo", methods=["POST", "HEAD"])
    def echo() -> bytes:
        callers.append(request.environ["REMOTE_PORT"])
        return request.get_data()

    @app.get("/broken")
    def fail() -> str:
        raise RuntimeError

    with serving(app) as url, httpx.Client(base_url=url) as client:
        assert client.post("/refused", content=b"unread" * 1000).status_code == 403
        assert client.post("/echo", content=b"read").content == b"read"
        assert client.head("/echo").content == b""
        assert client.get("/broken").status_code == 500
        assert client.post("/echo", content=b"").content == b""
    assert len(set(callers)) == 1
