"""Whatever shows its text, a control is answered: what people read is asked about, and no more."""

import json
from typing import Any

import pytest

from backend.engines import Engine
from backend.questions.item import item_of
from backend.questions.spans import places_of
from labeling.form.form import Form, parse
from labeling.predictions.label_studio_json import from_label_studio, to_label_studio
from tests.support.questions import CONTROLS, ask, model_spec_of, sure

PAGE = "<style>p {}</style><p>Anna Berg&nbsp;&amp; Jo</p><p>cooked <b>dinner</b> in Oslo.</p>"
TALK = [
    {"author": "Anna", "text": "Who cooked dinner? 👩🏽‍🚒"},
    {"author": "Jo", "text": "Anna did,\nin Oslo."},
]
SHOWN: dict[str, tuple[Any, str]] = {
    "HyperText": (PAGE, "Anna Berg\xa0& Jo cooked dinner in Oslo."),
    "Paragraphs": (TALK, "Anna: Who cooked dinner? 👩🏽‍🚒 Jo: Anna did, in Oslo."),
}
LABELS = {"HyperText": "HyperTextLabels", "Paragraphs": "ParagraphLabels"}

on_every_object = pytest.mark.parametrize("tag", SHOWN)


def form_on(tag: str, control: str) -> Form:
    """A form of a control, made for a text, on another object."""
    fitting = control.replace("Labels", LABELS[tag])
    return parse(f'<View><{tag} name="text" value="$text"/>{fitting}</View>')


@on_every_object
def test_a_prompt_shows_what_people_read(tag: str) -> None:
    form = form_on(tag, CONTROLS["single"])
    value, read = SHOWN[tag]
    assert " ".join(item_of(form, form.text_of({"text": value})).prompt.split()) == read.replace(
        "\xa0", " "
    )


@on_every_object
@pytest.mark.parametrize("control", CONTROLS.values(), ids=CONTROLS.keys())
def test_an_answer_can_be_stored_and_read_back(tag: str, control: str, engine: Engine) -> None:
    form = form_on(tag, control)
    task = {"text": SHOWN[tag][0]}
    item = form.text_of(task)
    prediction = sure(ask(model_spec_of(form), engine, [task])[0])
    stored = json.loads(json.dumps(to_label_studio(form, prediction, item)))
    if stored["result"]:
        assert from_label_studio(form, stored, item).answer == prediction.answer


@on_every_object
def test_the_sides_of_a_pair_may_be_of_any_kind(tag: str, engine: Engine) -> None:
    form = parse(
        f"""<View><{tag} name="one" value="$one"/><Text name="two" value="$two"/>
        <Pairwise name="better" toName="one,two"/></View>"""
    )
    prediction = sure(ask(model_spec_of(form), engine, [{"one": SHOWN[tag][0], "two": "So."}])[0])
    assert prediction.answer in ("left", "right")


def test_a_speaker_s_name_is_never_marked() -> None:
    form = form_on("Paragraphs", CONTROLS["labels"])
    talk = [{"author": "Anna", "text": "Anna."}, {"author": "Anna", "text": "Oslo, Anna, Oslo."}]
    item = item_of(form, form.text_of({"text": talk}))
    assert item.texts["text"] == "Anna: Anna.\nAnna: Oslo, Anna, Oslo."
    assert places_of("Anna", item.markable["text"]) == [(6, 10), (24, 28)]
