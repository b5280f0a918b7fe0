"""What is asked of each labelled span, and what shows only beside one."""

import pytest

from labeling.answers.types import AnswerType, canonical_json
from labeling.controls import OfRegions, Region
from labeling.errors import AnswerError
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form, parse
from labeling.predictions.label_studio_json import from_label_studio, to_label_studio
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.settings.sections import ControlSettings

TEXT = "The soup was cold, the waiter a joy."
SOUP, WAITER = [4, 8, "Food"], [23, 29, "staff"]
MARKED = canonical_json([SOUP, WAITER])
LABELS = (
    '<Labels name="aspects" toName="text"><Label value="Food"/>'
    '<Label value="Service" alias="staff"/></Labels>'
)
CHOICES = '<Choice value="good"/><Choice value="bad"/>'


def form_of(*controls: str, texts: str = '<Text name="text" value="$text"/>') -> Form:
    return parse(f"<View>{texts}{''.join(controls)}</View>")


def feeling(attributes: str = "") -> str:
    return (
        f'<Choices name="feeling" toName="text" perRegion="true" {attributes}>{CHOICES}</Choices>'
    )


def said(*regions: list[object], marked: str = MARKED) -> str:
    return canonical_json({"aspects": marked, "feeling": canonical_json([*regions])})


def mark(place: str, *labels: str, start: int = 4) -> Region:
    """A span as a person marks it on the page."""
    value = {"start": start, "end": start + 4, "text": "soup", "labels": [*labels]}
    return {
        "id": place,
        "from_name": "aspects",
        "to_name": "text",
        "type": "labels",
        "value": value,
    }


def say(place: str, choice: str) -> Region:
    """What a person says of such a span."""
    value = {"start": 4, "end": 8, "text": "soup", "choices": [choice]}
    named = {"from_name": "feeling", "to_name": "text", "type": "choices"}
    return {"id": place, **named, "value": value}


BOTH = said([*SOUP, "bad"], [*WAITER, "good"])


class TestConfig:
    @pytest.mark.parametrize(
        "controls", [(LABELS, feeling()), (feeling(), LABELS)], ids=["before", "behind"]
    )
    def test_what_is_asked_of_regions_comes_behind_what_marks_them(
        self, controls: tuple[str, str]
    ) -> None:
        marks, asked = form_of(*controls).controls
        assert isinstance(asked, OfRegions)
        assert (asked.from_name, asked.tag, asked.answer_type) == (
            "feeling",
            "Choices",
            AnswerType.REGIONS,
        )
        assert asked.inner.answer_type is AnswerType.CLASS
        assert asked.marks == marks
        assert asked.labels == {"Food", "staff"}

    @pytest.mark.parametrize(
        ("attributes", "labels"),
        [
            ('whenLabelValue="staff"', {"staff"}),
            ('visibleWhen="region-selected" whenTagName="aspects"', {"Food", "staff"}),
            ('visibleWhen="region-selected" whenLabelValue="Food,Place"', {"Food"}),
        ],
    )
    def test_it_is_asked_of_the_labels_that_are_named(
        self, attributes: str, labels: set[str]
    ) -> None:
        asked = form_of(LABELS, feeling(attributes)).controls[1]
        assert isinstance(asked, OfRegions)
        assert asked.labels == labels

    def test_views_around_it_name_them_too(self) -> None:
        view = '<View visibleWhen="region-selected" whenLabelValue="staff">'
        asked = form_of(LABELS, f"{view}{feeling()}</View>").controls[1]
        assert isinstance(asked, OfRegions)
        assert asked.labels == {"staff"}

    @pytest.mark.parametrize(
        "controls",
        [
            [feeling()],
            [LABELS, feeling('perItem="true"')],
            [LABELS, LABELS.replace("aspects", "others"), feeling()],
            [LABELS, '<Taxonomy name="x" toName="text" labeling="true"/>', feeling()],
            [LABELS, feeling('visibleWhen="region-selected" whenTagName="nothing"')],
            # An alias is what is stored, and what the page compares with.
            [LABELS, feeling('whenLabelValue="Service"')],
            [LABELS.replace("toName", 'value="$labels" toName'), feeling()],
        ],
        ids=["none", "items", "two", "tree", "unknown", "alias", "dynamic"],
    )
    def test_what_it_is_asked_of_must_be_clear(self, controls: list[str]) -> None:
        form = form_of(*controls, '<Rating name="stars" toName="text"/>')
        assert "feeling" not in [one.from_name for one in form.controls]
        assert "Choices 'feeling' (line 1)" in map(str, form.left_to_people)

    def test_of_several_the_named_one_counts(self) -> None:
        named = feeling('visibleWhen="region-selected" whenTagName="others"')
        form = form_of(LABELS, LABELS.replace("aspects", "others"), named)
        asked = form.controls[-1]
        assert isinstance(asked, OfRegions)
        assert asked.marks.from_name == "others"

    def test_what_hangs_on_what_is_said_of_a_region_is_left_to_people(self) -> None:
        when = 'visibleWhen="choice-selected" whenTagName="feeling"'
        for per_region in ("", 'perRegion="true"'):
            why = f'<Rating name="why" toName="text" {per_region} {when}/>'
            form = form_of(LABELS, feeling(), why)
            assert [str(one) for one in form.left_to_people] == ["Rating 'why' (line 1)"]

    def test_regions_of_a_picture_are_left_to_people(self) -> None:
        picture = '<Image name="image" value="$image"/>'
        boxes = '<RectangleLabels name="boxes" toName="image"><Label value="x"/></RectangleLabels>'
        asked = feeling().replace('toName="text"', 'toName="image"')
        form = form_of(picture, boxes, asked, LABELS)
        assert [one.from_name for one in form.controls] == ["aspects"]


class TestAnswers:
    form = form_of(LABELS, feeling())

    def test_what_is_said_of_a_stretch_has_its_id_and_its_place(self) -> None:
        soup, waiter, bad, good = self.form.encode(BOTH, TEXT)
        assert bad == {
            "id": soup["id"],
            "from_name": "feeling",
            "to_name": "text",
            "type": "choices",
            "value": {"start": 4, "end": 8, "text": "soup", "choices": ["bad"]},
        }
        assert good["id"] == waiter["id"] != soup["id"]

    def test_a_text_stands_where_the_stretch_s_own_would(self) -> None:
        form = form_of(LABELS, '<TextArea name="feeling" toName="text" perRegion="true"/>')
        answer = said([*SOUP, canonical_json(["Cold."])])
        *_, why = form.encode(answer, TEXT)
        assert why["value"] == {"start": 4, "end": 8, "text": ["Cold."]}
        assert form.decode(form.encode(answer, TEXT)) == answer

    def test_what_is_not_answered_is_left_out_unless_it_is_required(self) -> None:
        half = self.form.encode(said([*SOUP, "bad"]), TEXT)
        assert self.form.decode(half) == said([*SOUP, "bad"])
        assert form_of(LABELS, feeling('required="true"')).decode(half) is None

    def test_required_of_some_labels_it_is_not_of_others(self) -> None:
        form = form_of(LABELS, feeling('required="true" whenLabelValue="Food"'))
        half = self.form.encode(said([*SOUP, "bad"]), TEXT)
        assert form.decode(half) == said([*SOUP, "bad"])

    def test_where_nothing_is_marked_nothing_is_required(self) -> None:
        form = form_of(LABELS, feeling('required="true"'))
        assert form.decode([]) == said(marked="[]")

    def test_what_is_said_of_what_is_not_marked_is_left_out(self) -> None:
        regions = [mark("a", "Food"), say("a", "bad"), say("gone", "good")]
        assert self.form.decode(regions) == said([*SOUP, "bad"], marked=canonical_json([SOUP]))
        answers = {
            "aspects": canonical_json([SOUP]),
            "feeling": canonical_json([[*SOUP, "bad"], [*WAITER, "x"]]),
        }
        assert self.form.answer(answers) == said([*SOUP, "bad"], marked=canonical_json([SOUP]))

    def test_an_answer_that_speaks_of_what_it_does_not_mark_is_none(self) -> None:
        assert self.form.accepts(BOTH, TEXT)
        assert not self.form.accepts(said([*SOUP, "bad"], marked="[]"), TEXT)
        assert not self.form.accepts(said([*SOUP, "odd"]), TEXT)
        form = form_of(LABELS, feeling('whenLabelValue="staff"'))
        assert not form.accepts(said([*SOUP, "bad"]), TEXT)

    def test_a_stretch_with_two_labels_is_two(self) -> None:
        regions = [mark("a", "staff", "Food"), say("a", "bad")]
        staff = [*SOUP[:2], "staff"]
        expected = said([*SOUP, "bad"], [*staff, "bad"], marked=canonical_json([SOUP, staff]))
        assert self.form.decode(regions) == expected

    def test_the_same_stretch_marked_twice_is_one_if_both_say_the_same(self) -> None:
        twice = [mark("a", "Food"), mark("b", "Food"), say("a", "bad")]
        alone = said([*SOUP, "bad"], marked=canonical_json([SOUP]))
        assert self.form.decode([*twice, say("b", "bad")]) == alone
        assert self.form.decode(twice) == alone
        with pytest.raises(AnswerError, match="two answers of 'feeling'"):
            self.form.decode([*twice, say("b", "good")])

    def test_hidden_with_what_marks(self) -> None:
        hidden = LABELS.replace("toName", 'visibleWhen="choice-selected" whenTagName="c" toName')
        form = form_of(f'<Choices name="c" toName="text">{CHOICES}</Choices>', hidden, feeling())
        told = {"aspects": canonical_json([SOUP]), "feeling": canonical_json([[*SOUP, "bad"]])}
        assert form.answer(told) == "{}"
        assert form.answer({**told, "c": "good"}) == canonical_json({**told, "c": "good"})


class TestBesideARegion:
    """What is answered once, but only where such a region is."""

    view = (
        '<View visibleWhen="region-selected" whenTagName="aspects" whenLabelValue="staff">{}</View>'
    )
    form = form_of(LABELS, view.format('<Rating name="stars" toName="text" required="true"/>'))

    def test_it_is_no_part_of_an_answer_without(self) -> None:
        stars = {"stars": "4"}
        soup, waiter = canonical_json([SOUP]), canonical_json([WAITER])
        assert self.form.answer({"aspects": soup, **stars}) == canonical_json({"aspects": soup})
        with_it = self.form.answer({"aspects": waiter, **stars})
        assert with_it == canonical_json({"aspects": waiter, **stars})
        assert self.form.decode(self.form.encode(with_it or "", TEXT)) == with_it

    def test_the_page_asks_for_it_only_while_one_is_selected_so_it_may_lack(self) -> None:
        alone = canonical_json({"aspects": MARKED})
        assert self.form.decode(self.form.encode(alone, TEXT)) == alone


class TestAgreement:
    """What is asked of each region decides when two answers say the same."""

    text = form_of(LABELS, '<TextArea name="feeling" toName="text" perRegion="true"/>')

    def test_a_task_is_wrong_where_a_region_s_answer_is(self) -> None:
        equivalence = Equivalence(form_of(LABELS, feeling()))
        assert equivalence.is_same_answer(BOTH, BOTH)
        assert not equivalence.is_same_answer(BOTH, said([*SOUP, "bad"], [*WAITER, "bad"]))

    def test_settings_say_how_alike_they_must_be(self) -> None:
        form = form_of(LABELS, feeling())
        loose = Equivalence(form, {"feeling": ControlSettings(agreement=0.4)})
        assert loose.is_same_answer(BOTH, said([*SOUP, "bad"], [*WAITER, "bad"]))

    def test_texts_about_regions_count_no_more_than_others(self) -> None:
        equivalence = Equivalence(self.text)
        assert not equivalence.counts(self.text.controls[1])
        assert equivalence.least(self.text.controls[1]) == 0.5


def test_a_prediction_survives_label_studio_with_each_region_s_probability() -> None:
    form = form_of(LABELS, feeling())
    behind = Provenance("e", "p", "none", "uncalibrated")
    parts = {
        "aspects": Part(MARKED, 0.5, {'[4,8,"Food"]': 0.75, '[23,29,"staff"]': 0.625}, 0.5, behind),
        "feeling": Part(
            canonical_json([[*SOUP, "bad"], [*WAITER, "good"]]),
            0.25,
            {'[4,8,"Food","bad"]': 0.5, '[23,29,"staff","good"]': 0.375},
            0.25,
            behind,
        ),
    }
    prediction = Prediction(BOTH, 0.125, "v1", parts)

    stored = to_label_studio(form, prediction, TEXT)

    assert [one["score"] for one in stored["result"]] == [0.75, 0.625, 0.5, 0.375]
    assert from_label_studio(form, stored) == prediction
