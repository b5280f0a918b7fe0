"""The report by control: what people and the model make of each part of a form."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregation.beliefs import Belief, PartBelief
from aggregation.dataset.tasks import Item
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings, CostSettings
from tandem.report import ReportData, render
from tandem.report.controls import control_quality
from tandem.report.data import ControlQuality
from tandem.report.wording import answer_in_words, item_in_words
from tests.support.datasets import build, by_control, collect
from tests.support.label_configs import on_text
from tests.support.report_pages import Page
from tests.support.simulated_report import simulated_report

NOON = datetime(2026, 3, 14, 12, 5, tzinfo=UTC)
FORM = parse(
    on_text(
        """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
        <Choices name="why" toName="text" choice="multiple"><Choice value="price"/>
          <Choice value="staff"/><Choice value="wait"/></Choices>
        <TextArea name="note" toName="text"/>"""
    )
)
AGREEMENT = Equivalence(FORM)


def said(mood: str, why: Sequence[str], note: str | None = None) -> str:
    answers = {"mood": mood, "why": canonical_json(list(why))}
    return canonical_json(answers if note is None else {**answers, "note": canonical_json([note])})


PEOPLE = {
    "ann": [said("good", ["price"], "cheap and fine"), said("bad", ["staff", "wait"])] * 10,
    "bob": [said("good", ["price"], "fine and cheap"), said("bad", ["staff"])] * 10,
}
MODEL = [said("good", ["price"], "cheap and good"), said("good", ["staff", "wait"])] * 10


def report_of(equivalence: Equivalence = AGREEMENT, *, with_model: bool = True) -> ReportData:
    answers = [
        Answer(task, worker, label, "person", NOON)
        for worker, labels in PEOPLE.items()
        for task, label in enumerate(labels)
    ]
    beliefs = {task: Belief(label, 0.5, {}, "v1", True) for task, label in enumerate(MODEL)}
    parts = {
        task: {"mood": PartBelief(0.75 if task % 2 else 1.0), "why": PartBelief(0.9)}
        for task in beliefs
    }
    known = beliefs if with_model else {}
    items = [Item(task, f"Text {task}") for task in range(len(MODEL))]
    dataset = build(items, answers, known, {}, labels=(), equivalence=equivalence)
    return collect(
        dataset,
        title="Reviews",
        labels=(),
        rounds=[],
        costs=CostSettings(),
        at=NOON,
        equivalence=equivalence,
        controls=by_control(dataset, equivalence, parts if with_model else {}),
    )


@pytest.fixture(scope="module")
def report() -> ReportData:
    return report_of()


@pytest.fixture(scope="module")
def by_name(report: ReportData) -> dict[str, ControlQuality]:
    return {one.name: one for one in report.controls}


class TestNumbers:
    def test_every_control_is_there_in_the_form_s_order(self, report: ReportData) -> None:
        told = [(one.tag, one.name, one.asked, one.counts) for one in report.controls]
        assert told == [
            ("Choices", "mood", "one out of several", True),
            ("Choices", "why", "any out of several", True),
            ("TextArea", "note", "a text", False),
        ]

    def test_answers_are_those_to_the_control(self, by_name: dict[str, ControlQuality]) -> None:
        assert [one.answers for one in by_name.values()] == [40, 40, 20]

    def test_people_agree_as_far_as_their_answers_are_alike(
        self, by_name: dict[str, ControlQuality]
    ) -> None:
        assert (by_name["mood"].alpha, by_name["mood"].similarity) == (1.0, 1.0)
        assert by_name["why"].similarity == pytest.approx((1 + 1 / 2) / 2)
        assert by_name["why"].alpha is not None
        assert 0 < by_name["why"].alpha < 1
        # Of their three words, no two are in the same order.
        assert by_name["note"].similarity == pytest.approx(1 / 3, abs=0.01)

    def test_the_model_is_held_against_people_s_label(
        self, by_name: dict[str, ControlQuality]
    ) -> None:
        mood, note = by_name["mood"], by_name["note"]
        assert (mood.checked, mood.same, mood.model_similarity) == (20, 0.5, 0.5)
        assert note.checked == 10
        assert note.same is not None
        assert note.model_similarity is not None

    def test_what_says_the_same_is_for_the_settings_to_say(self) -> None:
        strict = report_of(Equivalence(FORM, {"note": ControlSettings(agreement=1.0)})).controls
        loose = report_of(Equivalence(FORM, {"note": ControlSettings(agreement=0.1)})).controls
        assert (strict[2].same, loose[2].same) == (0.0, 1.0)
        assert strict[2].model_similarity == loose[2].model_similarity

    def test_confidence_is_the_model_s_in_the_control_and_held_against_the_same(
        self, by_name: dict[str, ControlQuality]
    ) -> None:
        mood = by_name["mood"]
        assert mood.confidence == pytest.approx(0.875)
        # Right wherever it claims 1, never where it claims 0.75; one bin of twenty items.
        assert mood.ece == pytest.approx(0.875 - 0.5)
        assert (by_name["note"].confidence, by_name["note"].ece) == (None, None)

    def test_without_a_model_only_people_are_told_of(self) -> None:
        mood = report_of(with_model=False).controls[0]
        assert (mood.alpha, mood.answers) == (1.0, 40)
        assert (mood.checked, mood.same, mood.confidence, mood.ece) == (0, None, None, None)

    def test_the_whole_answer_is_right_where_all_that_counts_is(self, report: ReportData) -> None:
        assert report.calibration is not None
        assert report.calibration.accuracy == 0.5
        assert {
            one.worker: one.with_model and one.with_model.value for one in report.reviewers
        } == {
            "ann": 0.5,
            "bob": 0.5,
        }


class TestWords:
    """Nobody reads JSON on a page."""

    def test_an_answer_names_its_controls(self) -> None:
        answer = said("bad", ["price", "wait"], "so, so")
        words = answer_in_words(AGREEMENT, answer, "Text")
        assert words == "mood: bad · why: price, wait · note: so, so"
        assert answer_in_words(AGREEMENT, said("bad", []), "Text") == "mood: bad · why: none"

    @pytest.mark.parametrize(
        ("control", "answer", "words"),
        [
            (
                '<Labels name="c" toName="text"><Label value="P"/></Labels>',
                '[[0,3,"P"]]',
                "P “Ann”",
            ),
            ('<Rating name="c" toName="text"/>', "4", "4"),
            (
                '<Taxonomy name="c" toName="text"><Choice value="A"><Choice value="B"/></Choice>'
                "</Taxonomy>",
                '[["A","B"],["A"]]',
                "A > B, A",
            ),
        ],
    )
    def test_a_single_control_s_answer_stands_alone(
        self, control: str, answer: str, words: str
    ) -> None:
        assert answer_in_words(Equivalence(parse(on_text(control))), answer, "Ann is in.") == words

    def test_several_texts_stand_below_each_other(self) -> None:
        two = parse(
            """<View><Text name="a" value="$a"/><Text name="b" value="$b"/>
            <Pairwise name="better" toName="a,b"/></View>"""
        )
        item = two.text_of({"a": "One.", "b": "Two."})
        assert item_in_words(Equivalence(two), item) == "One.\nTwo."

    def test_what_cannot_be_read_is_given_as_it_is(self) -> None:
        assert answer_in_words(AGREEMENT, "positive", "Text") == "positive"
        assert item_in_words(AGREEMENT, None) == ""

    def test_the_hardest_items_are_told_in_words(self, report: ReportData) -> None:
        section = Page(render(report)).sections["hardest"]
        assert "mood: bad · why: staff, wait" in section
        assert "{" not in section


class TestRegions:
    """What is said of regions is judged where the regions are right."""

    form = parse(
        on_text(
            """<Labels name="who" toName="text"><Label value="P"/></Labels>
            <Choices name="mood" toName="text" perRegion="true"><Choice value="good"/>
              <Choice value="bad"/></Choices>"""
        )
    )

    def said(self, *moods: str) -> str:
        """What somebody says who marks as many words as there are moods."""
        spans = [[4 * at, 4 * at + 3, "P"] for at in range(len(moods))]
        regions = [[*span, mood] for span, mood in zip(spans, moods, strict=True)]
        return canonical_json({"who": canonical_json(spans), "mood": canonical_json(regions)})

    def quality(self, people: Sequence[Sequence[str]], model: str) -> ControlQuality:
        equivalence = Equivalence(self.form)
        answers = [
            Answer(task, f"w{worker}", label, "person", NOON)
            for worker, labels in enumerate(people)
            for task, label in enumerate(labels)
        ]
        tasks = len(people[0])
        beliefs = {task: Belief(model, 0.5, {}, "v1", True) for task in range(tasks)}
        parts = {task: {"mood": PartBelief(0.75)} for task in range(tasks)}
        items = [Item(task, "Ann met Bob.") for task in range(tasks)]
        dataset = build(items, answers, beliefs, {}, labels=(), equivalence=equivalence)
        controls = by_control(dataset, equivalence, parts)
        [mood] = [
            one for one in control_quality(dataset, controls, equivalence) if one.name == "mood"
        ]
        return mood

    def test_people_are_compared_where_both_marked(self) -> None:
        both, fewer = self.said("good", "bad"), self.said("good")
        mood = self.quality([[both, both, fewer], [fewer, both, fewer]], self.said())
        assert mood.asked == "one out of several, of each of these"
        assert (mood.alpha, mood.similarity) == (1.0, 1.0)

    def test_the_model_is_where_all_that_it_found_is_right(self) -> None:
        good, bad = self.said("good", "good"), self.said("bad", "good")
        found = self.quality([[good, bad, self.said("good")]], self.said("good", "good"))
        assert (found.checked, found.same) == (2, 0.5)
        fewer = self.quality([[good, bad, self.said()]], self.said("good"))
        assert (fewer.checked, fewer.same) == (2, 0.5)

    def test_in_words_each_stands_beside_its_stretch(self) -> None:
        words = answer_in_words(Equivalence(self.form), self.said("good", "bad"), "Ann met Bob.")
        assert words == "who: P “Ann”, P “met” · mood: “Ann” good, “met” bad"


class TestPage:
    def test_each_control_has_its_row(self, report: ReportData) -> None:
        section = Page(render(report)).sections["controls"]
        for one in report.controls:
            assert f"{one.tag} {one.name} {one.asked} {one.answers}" in section
        assert "50% of 20 items" in section
        assert section.endswith("no")

    def test_joined_answers_are_in_no_confusion_matrix(self, report: ReportData) -> None:
        sections = Page(render(report)).sections
        assert "confusion" not in sections
        assert "control by control" in sections["reviewers"]

    def test_one_choice_alone_has_no_such_section(self) -> None:
        sections = Page(render(simulated_report(60))).sections
        assert "controls" not in sections
        assert "confusion" in sections

    def test_hostile_names_stay_names(self, report: ReportData) -> None:
        hostile = replace(report.controls[0], name="<script>alert(1)</script>")
        html = render(replace(report, controls=[hostile]))
        assert "<script>" not in html
        assert "alert(1)" in Page(html).sections["controls"]
