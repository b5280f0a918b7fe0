"""`HyperText`: HTML is read as the page that it shows, and marked where browsers count."""

import json
from typing import Any

import pytest

from labeling.errors import AnswerError, LabelConfigError, TaskError
from labeling.form.form import Form, parse

PAGE = (
    "<!DOCTYPE html>\n<html><head><title>T</title><style>p{margin:3px}</style></head>\n<body>\n"
    '  <!-- c -->\n  <h1>🚲 The  Mill</h1>\n<script>var a="<p>x</p>"</script>\n'
    "<p>Anna&nbsp;Berg &amp; <b>Jo 👩🏽‍🚒 Falk</b> rode\n   to Lindhafen.<br>Then home.</p>"
    "<table><tr><th>Who</th><td>Ole\nVik</td></tr><tr><td>x</td><td>Lund</td></tr></table>"
    '<pre>\n  Kari\n  Moe</pre><p style="display:none">Ghost Town</p><p>End in Oslo</p></body>'
    "</html>"
)
TEXT = (
    "🚲 The Mill\nAnna\xa0Berg & Jo 👩🏽‍🚒 Falk rode to Lindhafen.\nThen home.\n"
    "Who\tOle Vik\nx\tLund\n  Kari\n  Moe\nEnd in Oslo"
)
RATING = '<View><HyperText name="page" value="$html"/><Rating name="stars" toName="page"/></View>'


def form(attributes: str = "", control: str = "HyperTextLabels") -> Form:
    return parse(
        f'<View><HyperText name="page" value="$html" {attributes}/>'
        f'<{control} name="facts" toName="page"><Label value="A"/></{control}></View>'
    )


def value_of(words: str, html: str = PAGE, attributes: str = "") -> dict[str, Any]:
    """How some words of a page are stored."""
    of = form(attributes)
    item = of.text_of({"html": html})
    start = of.shown(item)["page"].index(words)
    [region] = of.encode(f'[[{start},{start + len(words)},"A"]]', item)
    value: dict[str, Any] = region["value"]
    return value


def region(**value: Any) -> list[dict[str, Any]]:
    kind = "hypertextlabels"
    return [
        {"from_name": "facts", "to_name": "page", "type": kind, "value": {**value, kind: ["A"]}}
    ]


class TestReading:
    @pytest.mark.parametrize(
        ("html", "text"),
        [
            (PAGE, TEXT),
            ("no tags & none", "no tags & none"),
            ("&lt;b&gt; &eacute; &#x1F600; &copy", "<b> é 😀 ©"),
            ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
            ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
            ("a<b>b</b><i> c </i>d", "ab c d"),
            ("<p>unclosed<p>tags<li>too", "unclosed\ntags\ntoo"),
            ("<p hidden>no</p><template>no</template><p>yes", "yes"),
            ("a\x01b\ud800", "a\x01b\ufffd"),
            ("<div>" * 2000 + "deep", "deep"),
        ],
    )
    def test_it_is_what_the_page_shows(self, html: str, text: str) -> None:
        of = parse(RATING)
        assert of.shown(of.text_of({"html": html})) == {"page": text}
        assert of.data_of(of.text_of({"html": html})) == {"html": html}

    @pytest.mark.parametrize(
        "html", ["", " ", "<p></p>", "<!-- no -->", "<script>1</script>", "&nbsp;"]
    )
    def test_what_shows_nothing_is_an_error_of_its_task(self, html: str) -> None:
        with pytest.raises(TaskError, match=r"is empty|shows no text"):
            form().text_of({"html": html})

    @pytest.mark.parametrize("attributes", ['valueType="url"', 'encoding="rot13"'])
    def test_variants_that_cannot_be_read_are_left_to_people(self, attributes: str) -> None:
        with pytest.raises(LabelConfigError, match="only HyperTextLabels 'facts'"):
            form(attributes)


class TestLimits:
    """What counts is what people read."""

    @pytest.mark.parametrize(
        "picture",
        [
            '<img src="data:image/png;base64,{}"/>',
            "<img alt='a > b' src='data:image/png;base64,{}'>",
            "<IMG SRC = data:image/png;base64,{}>",
            '<p style="x" title="y"><a href="data:text/plain;base64,{}">Here</a></p>',
        ],
    )
    def test_files_in_it_do_not(self, picture: str) -> None:
        of, html = form(), f"<p>Anna rode</p>{picture.format('A' * 1_200_000)}<p>to Lund</p>"
        item = of.text_of({"html": html})
        assert of.shown(item)["page"].startswith("Anna rode\n")
        assert of.shown(item)["page"].endswith("\nto Lund")
        assert of.text_of(of.data_of(item)) == item

    def test_they_are_not_kept_and_spans_stand_where_they_stood(self) -> None:
        def page(content: str) -> str:
            return f'<p>Anna</p><img src="data:image/png;base64,{content}"/><p>to Lund</p>'

        of, large = form(), form().text_of({"html": page("A" * 1_200_000)})
        assert len(large) < 200
        stored = [of.encode('[[8,12,"A"]]', item) for item in (large, page("A"))]
        assert stored[0] == stored[1]

    @pytest.mark.parametrize("html", ['&lt;img src="data:x,{}"&gt;', "src='data:x,{}'"])
    def test_what_only_looks_like_one_is_read(self, html: str) -> None:
        text = form().shown(form().text_of({"html": html.format("A" * 300)}))["page"]
        assert "A" * 300 in text

    def test_a_text_that_nobody_reads_to_its_end_is_too_long(self) -> None:
        with pytest.raises(TaskError, match="'html' is longer than"):
            form().text_of({"html": "<p>x</p>" * 600_000})


class TestStretches:
    """The numbers are those that Label Studio's page stored for the same words."""

    @pytest.mark.parametrize(
        ("words", "path", "offsets", "counted"),
        [
            ("The Mill", "/h1[1]/text()[1]", (3, 12), (8, 17)),
            ("Falk", "/p[1]/b[1]/text()[1]", (11, 15), (39, 43)),
            ("home", "/p[1]/text()[3]", (5, 9), (71, 75)),
            ("Ole Vik", "/table[1]/tbody[1]/tr[1]/td[1]/text()[1]", (0, 7), (79, 86)),
            ("Kari", "/pre[1]/text()[1]", (2, 6), (93, 97)),
            ("Oslo", "/p[3]/text()[1]", (7, 11), (120, 124)),
        ],
    )
    def test_they_stand_where_the_page_says(
        self, words: str, path: str, offsets: tuple[int, int], counted: tuple[int, int]
    ) -> None:
        begin, behind = offsets
        start, end = counted
        assert value_of(words) == {
            "start": path,
            "end": path,
            "startOffset": begin,
            "endOffset": behind,
            "globalOffsets": {"start": start, "end": end},
            "text": words,
            "hypertextlabels": ["A"],
        }

    def test_a_page_within_the_page_counts_its_head_too(self) -> None:
        assert value_of("The Mill", attributes='inline="true"')["globalOffsets"] == {
            "start": 24,
            "end": 33,
        }

    def test_a_stretch_over_several_parts_begins_in_one_and_ends_in_another(self) -> None:
        value = value_of("rode to Lindhafen.\nThen")
        assert (value["start"], value["end"]) == ("/p[1]/text()[2]", "/p[1]/text()[3]")

    @pytest.mark.parametrize("kept", ["globalOffsets", "xpath"])
    def test_either_of_both_counts_is_enough(self, kept: str) -> None:
        value = value_of("Ole Vik")
        if kept == "xpath":
            del value["globalOffsets"]
        else:
            value |= {"start": "/gone[1]", "end": "/gone[1]"}
        of = form()
        answer = of.decode(region(**value), of.text_of({"html": PAGE}))
        [[start, end, _]] = json.loads(answer or "[]")
        assert TEXT[start:end] == "Ole Vik"

    @pytest.mark.parametrize("words", ["\nAnna", "Mill\n", "\tOle"])
    def test_between_two_blocks_nothing_can_be_marked(self, words: str) -> None:
        with pytest.raises(AnswerError, match="cannot be marked"):
            value_of(words)

    @pytest.mark.parametrize(
        "value",
        [
            {"start": 0, "end": 4},
            {
                "start": "/p[9]/text()[1]",
                "end": "/p[9]/text()[1]",
                "startOffset": 0,
                "endOffset": 2,
            },
            {"start": "", "end": "", "globalOffsets": {"start": 1, "end": 1}},
            {"start": "", "end": "", "globalOffsets": {"start": 0, "end": 3}},
            {"start": "", "end": "", "globalOffsets": {"start": "8", "end": "17"}},
            {"start": "", "end": "", "globalOffsets": {"start": 900, "end": 917}},
        ],
    )
    def test_what_marks_nothing_is_refused(self, value: dict[str, Any]) -> None:
        with pytest.raises(AnswerError):
            form().decode(region(**value), form().text_of({"html": PAGE}))

    def test_without_the_page_nothing_can_be_told(self) -> None:
        with pytest.raises(AnswerError, match="nothing that the page shows"):
            form().decode(region(**value_of("Falk")))


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><noscript>b</noscript>",
        "<textarea>a</textarea>b",
        "<template>a</template>b",
        "a</br>b",
        "a\0b",
    ],
)
def test_where_browsers_may_not_count_alike_there_are_no_stretches_but_other_answers(
    html: str,
) -> None:
    with pytest.raises(TaskError, match="cannot be told"):
        form().text_of({"html": html})
    rating = (
        '<View><HyperText name="page" value="$html"/><Rating name="stars" toName="page"/></View>'
    )
    assert parse(rating).text_of({"html": html}) == html
