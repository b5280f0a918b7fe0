"""The dashboard on the web: each page behind its link, only read, and nothing leaks from it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from routing.ledger.passes import PassRecord
from tandem.dashboard.app import create_app
from tandem.dashboard.links import Links
from tandem.dashboard.live import Seen
from tests.support.dashboards import AT, LINKS, client_of, looked_at, waiting
from tests.support.report_pages import Page
from tests.support.snapshots import in_audit, prelabelled

N = 60
ADMIN, ADA = "/?token=the-admins", "/r/adas"
HOSTILE = '<script>alert("1")</script> & {{ 7 * 7 }} `<b>` </main>'


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of(Seen(looked_at(in_audit(N, 10), waiting(prelabelled(3), [1, 2]))))


class TestAccess:
    @pytest.mark.parametrize(
        "path",
        [
            *("/", "/?token=", "/?token=adas", "/?token=the-admin"),
            *("/r/", "/r/the-admins", "/r/ada", "/r/adas/", "/r/%F0%9F%98%80"),
            *("/favicon.ico", "/static/x", "/admin", "/%00"),
        ],
    )
    def test_whatever_is_no_link_leads_to_one_plain_page(
        self, client: FlaskClient, path: str
    ) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "There is nothing here" in answer.text
        assert answer.text == client.get("/nowhere").text

    @pytest.mark.parametrize("path", [ADMIN, ADA])
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
    def test_nothing_but_reading_is_answered(
        self, client: FlaskClient, method: str, path: str
    ) -> None:
        answer = client.open(path, method=method)
        assert answer.status_code == 405
        assert "This only reads" in answer.text

    def test_no_route_is_anything_but_reading(self, client: FlaskClient) -> None:
        rules = list(client.application.url_map.iter_rules())
        assert len(rules) == 2
        assert all(rule.methods == {"GET", "HEAD"} for rule in rules)

    def test_renewed_links_count_at_once(self) -> None:
        links = [LINKS]
        client = create_app(Seen, lambda: links[-1], tuple).test_client()
        assert client.get(ADA).status_code == 200
        links.append(Links("new", {"ada@example.org": "newer"}))
        assert client.get(ADA).status_code == client.get(ADMIN).status_code == 404
        assert client.get("/r/newer").status_code == 200

    def test_a_page_that_cannot_be_made_says_only_what_kind_of_fault_it_was(self) -> None:
        def broken() -> Links:
            raise ValueError("a key")

        answer = create_app(Seen, broken, tuple).test_client().get(ADMIN)
        assert answer.status_code == 500
        assert "ValueError" in answer.text
        assert "a key" not in answer.text


class TestHeaders:
    @pytest.mark.parametrize("path", [ADMIN, ADA, "/nowhere"])
    def test_no_page_is_kept_framed_or_told_of_elsewhere(
        self, client: FlaskClient, path: str
    ) -> None:
        headers = client.get(path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers

    def test_only_the_page_s_own_script_may_run_and_only_this_time(
        self, client: FlaskClient
    ) -> None:
        answers = [client.get(ADMIN) for _ in range(2)]
        policies = [one.headers["Content-Security-Policy"] for one in answers]
        nonces = [re.findall(r"'nonce-([^']+)'", one)[0] for one in policies]
        scripts = [list(Page(one.text).all("script")) for one in answers]
        assert [[script["nonce"] for script in page] for page in scripts] == [
            [nonce] for nonce in nonces
        ]
        assert nonces[0] != nonces[1]
        assert "script-src" not in client.get("/nowhere").headers["Content-Security-Policy"]


class TestNothingLeaks:
    @pytest.mark.parametrize("path", [ADMIN, ADA, "/r/bens"])
    def test_no_page_holds_a_text_or_any_token(self, client: FlaskClient, path: str) -> None:
        html = client.get(path).text
        assert not re.search(r"Text \d", html), "the tasks' texts are `Text 1`, `Text 2`, …"
        assert not [one for one in ("the-admins", "adas", "bens") if one in html]

    def test_a_reviewer_sees_nothing_of_the_others(self, client: FlaskClient) -> None:
        assert "ben@example.org" not in client.get(ADA).text

    def test_every_link_away_tells_nobody_where_it_was_clicked(self, client: FlaskClient) -> None:
        for path in (ADMIN, ADA):
            away = list(Page(client.get(path).text).all("a"))
            assert away
            assert all(one["rel"] == "noopener noreferrer" for one in away)
            assert all((one["href"] or "").startswith("http") for one in away)

    def test_hostile_words_stay_words(self) -> None:
        look = looked_at(prelabelled(N))
        standing = replace(look.admin.standing, project=HOSTILE, notices=(HOSTILE,))
        admin = replace(look.admin, standing=standing, sentences=(HOSTILE,), next_step=HOSTILE)
        mine = {"ada@example.org": replace(look.reviewers["ada@example.org"], project=HOSTILE)}
        seen = Seen(replace(look, admin=admin, reviewers=mine), HOSTILE)
        failed = PassRecord(1, AT, AT + timedelta(seconds=3), 0, HOSTILE)
        client = client_of(seen, [failed])
        for path in (ADMIN, ADA):
            html = client.get(path).text
            read = Page(html)
            assert len(list(read.all("script"))) == 1
            assert "&lt;script&gt;" in html
            assert html.count("</main>") == 1
            assert "{{ 7 * 7 }}" in html
