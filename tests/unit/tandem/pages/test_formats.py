"""Sentences on a page: code and addresses are marked, and all else stays a text."""

from markupsafe import Markup

from tandem.pages.formats import marked


def test_what_stands_between_backticks_is_code() -> None:
    assert marked("Run `tandem sync`.") == "Run <code>tandem sync</code>."


def test_an_address_is_opened_where_the_page_opens_any() -> None:
    said = "At http://host:8080/projects/1/data?tab=4&labeling=1; then (https://x.org)."
    assert "<a " not in marked(said)
    opened = marked(said, opens=True)
    assert 'href="http://host:8080/projects/1/data?tab=4&amp;labeling=1"' in opened
    assert "</a>; then" in opened
    assert opened.endswith("</a>).")
    assert 'rel="noopener noreferrer"' in opened


def test_nothing_else_is_an_element() -> None:
    hostile = "<b>`<i>`</b> javascript:x http://x'onclick=y \"> `"
    said = marked(hostile, opens=True)
    assert isinstance(said, Markup)
    assert said.startswith("&lt;b&gt;<code>&lt;i&gt;</code>&lt;/b&gt; javascript:x <a href=")
    assert 'href="http://x"' in said
    assert said.count("<") == 4
