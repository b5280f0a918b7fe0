"""What tasks show, for tests: an object tag of each kind, and contents of all sorts for it."""

from html import escape
from typing import Any

from hypothesis import strategies as st

from labeling.form.form import Form

OBJECTS = ("Text", "HyperText", "Paragraphs")

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n👩🏽‍🚒e\u0301\u05e9\u05dc&<"),
    min_size=1,
    max_size=40,
)
# A page leaves out what HTML cannot hold.
_ON_A_PAGE = TEXT.filter(lambda text: "\0" not in text)
_BLOCKS = st.sampled_from(
    [
        "{}<br>",
        "<p>{}</p>",
        "<b>{}</b>",
        "\n <div>{}\n</div>",
        "<pre>\n{}</pre>",
        "<table><tr><td>{}</td></tr></table>",
        "<!-- no -->{}",
        "<style>{}</style>",
        "<script>{}</script>",
    ]
)


def config_on(tag: str, control: str, name: str = "text") -> str:
    """Write a config with one control, given as XML, on an object of a tag."""
    return f'<View><{tag} name="{name}" value="${name}"/>{control}</View>'


@st.composite
def htmls(draw: st.DrawFn) -> str:
    """HTML that shows something."""
    blocks = draw(st.lists(st.tuples(_BLOCKS, _ON_A_PAGE), max_size=4))
    first = draw(_ON_A_PAGE.map(str.strip).filter(lambda text: text.isprintable() and text))
    return "".join(block.format(escape(text)) for block, text in [("<i>{}</i>", first), *blocks])


@st.composite
def dialogues(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Paragraphs of which one says something."""
    paragraphs = st.fixed_dictionaries({"author": TEXT | st.just(""), "text": TEXT | st.none()})
    said = draw(TEXT.filter(lambda text: bool(text.strip())))
    return [*draw(st.lists(paragraphs, max_size=3)), {"author": "Zoë", "text": said}]


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Text": TEXT.filter(lambda text: bool(text.strip())),
    "HyperText": htmls(),
    "Paragraphs": dialogues(),
}
"""What a task's data may hold for an object, by its tag."""


@st.composite
def places(draw: st.DrawFn, form: Form, item: str) -> tuple[int, int]:
    """A span of the text of the form's first control that a person could mark."""
    text = form.markable(item)[form.controls[0].to_name]
    visible = [place for place, character in enumerate(text) if not character.isspace()]
    first, last = sorted(draw(st.tuples(*[st.sampled_from(visible)] * 2)))
    return first, last + 1
