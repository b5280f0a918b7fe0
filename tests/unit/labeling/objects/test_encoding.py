"""`encoding`: what stands in a task as base64 is read as the page decodes it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import LabelConfigError, TaskError
from labeling.form.form import Form, parse

UNICODE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
LATIN = st.text(st.characters(max_codepoint=255), min_size=1)


def form(encoding: str, tag: str = "Text") -> Form:
    return parse(
        f'<View><{tag} name="t" value="$a" encoding="{encoding}"/>'
        '<Labels name="l" toName="t"><Label value="x"/></Labels></View>'
    )


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("base64", "GrÃ¼Ã\x9fe\nzwei"), ("base64unicode", "Grüße\nzwei")],
)
def test_only_one_of_the_two_knows_more_than_bytes(encoding: str, shown: str) -> None:
    of = form(encoding)
    item = of.text_of({"a": encoded("Grüße\nzwei")})
    assert of.shown(item) == {"t": shown}


@pytest.mark.parametrize("written", ["SGk=", "SGk", " SG\nk= "])
def test_blanks_and_missing_signs_at_the_end_do_not_matter(written: str) -> None:
    assert form("base64").text_of({"a": written}) == "Hi"


@pytest.mark.parametrize("written", ["no base64!", "S", "SGk==", "SG=k", "Grüße"])
@pytest.mark.parametrize("encoding", ["base64", "base64unicode"])
def test_what_is_written_otherwise_is_an_error_of_its_task(encoding: str, written: str) -> None:
    with pytest.raises(TaskError, match=f"'a' is not encoded as {encoding}"):
        form(encoding).text_of({"a": written})


def test_bytes_that_are_no_text_are_too() -> None:
    with pytest.raises(TaskError, match="not encoded as base64unicode"):
        form("base64unicode").text_of({"a": base64.b64encode(b"\xff\xfe").decode()})


def test_html_is_decoded_before_it_is_laid_out() -> None:
    of = form("base64", "HyperText")
    assert of.shown(of.text_of({"a": encoded("<p>Hi</p><p>there</p>")})) == {"t": "Hi\nthere"}


def test_spans_are_counted_in_what_people_read() -> None:
    of = form("base64unicode")
    item = of.text_of({"a": encoded("Grüße aus Köln")})
    [region] = of.encode('[[10,14,"x"]]', item)
    assert region["value"]["text"] == "Köln"


@pytest.mark.parametrize(("encoding", "texts"), [("base64", LATIN), ("base64unicode", UNICODE)])
@given(data=st.data())
def test_every_text_survives(
    encoding: str, texts: st.SearchStrategy[str], data: st.DataObject
) -> None:
    of, text = form(encoding), data.draw(texts.filter(lambda one: bool(one.strip())))
    assert of.text_of(of.data_of(text)) == text


@pytest.mark.parametrize(
    ("tag", "attributes", "why"),
    [
        ("Text", 'valueType="url"', "behind an address"),
        ("Text", 'VALUETYPE="url"', "behind an address"),
        ("Text", 'resolver="csv"', "behind an address"),
        ("Text", 'encoding="rot13"', "encoding that is not read"),
        ("HyperText", 'valueType="url"', "behind an address"),
        ("Paragraphs", 'valueType="url"', "behind an address"),
        ("Paragraphs", 'contextScroll="true"', "sorted by their times"),
    ],
)
def test_what_stands_elsewhere_is_left_to_people_and_the_reason_named(
    tag: str, attributes: str, why: str
) -> None:
    with pytest.raises(
        LabelConfigError, match=f"Rating 's' .line 1.: of {tag} 't' .line 1.: .*{why}"
    ):
        parse(
            f'<View><{tag} name="t" value="$a" {attributes}/><Rating name="s" toName="t"/></View>'
        )
