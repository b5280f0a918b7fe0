"""A form of several controls is routed as one answer, which says the same where it is meant so."""

from dataclasses import replace
from typing import Any

from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings
from labeling.settings.settings import Settings
from routing.facts.comparison import agreements, in_words_of
from routing.facts.project import ProjectFacts, project_facts
from routing.facts.settled import SettledLabel
from routing.ledger.converters import Reading, annotation_row, item_of, prediction_row, task_row
from routing.ledger.records import LedgerAnnotation
from routing.studio.models import StudioPrediction
from tests.support.ledger_states import TASK, answer, decision, prediction, state, task
from tests.support.observed_tasks import ADA, BEN, NOON, READING, annotation
from tests.support.observed_tasks import task as seen_task

FORM = parse(
    """<View>
  <Text name="text" value="$text"/>
  <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices>
  <Labels name="names" toName="text"><Label value="PER"/></Labels>
  <TextArea name="note" toName="text"/>
</View>"""
)
EQUIVALENCE = Equivalence(FORM, {"names": ControlSettings(agreement=0.8)})


def said(mood: str, end: int = 10, note: str = "A note.") -> str:
    return canonical_json(
        {"mood": mood, "names": canonical_json([[0, end, "PER"]]), "note": canonical_json([note])}
    )


def by(worker: int, label: str) -> LedgerAnnotation:
    """A person's answer to this form."""
    return replace(answer(worker, TASK, worker), answer=label)


def known(*given: LedgerAnnotation, **sections: Any) -> ProjectFacts:
    """What is known of the one task of this form."""
    return project_facts(state([task(TASK)], given, **sections), EQUIVALENCE, Settings())


class TestPeople:
    def test_who_say_the_same_agree_whatever_they_note(self) -> None:
        both = known(by(ADA, said("bad")), by(BEN, said("bad", 11, "Other."))).consensus
        alone = known(by(ADA, said("bad"))).consensus
        assert FORM.answers(both.labels[TASK])["mood"] == "bad"
        assert both.probabilities[TASK] > alone.probabilities[TASK]

    def test_who_differ_in_what_counts_do_not(self) -> None:
        both = known(by(ADA, said("bad")), by(BEN, said("good"))).consensus
        assert both.probabilities[TASK] <= 0.5

    def test_are_put_in_the_words_of_the_frozen_label_where_they_say_the_same(self) -> None:
        frozen = said("bad", 11, "The model's note.")
        settled = {1: SettledLabel(said("bad"), 0.9), 2: SettledLabel(said("good"), 0.9)}
        told = in_words_of({1: frozen, 2: frozen}, settled, EQUIVALENCE)
        assert told[1].label == frozen
        assert told[2].label == said("good")

    def test_agree_with_the_model_where_they_say_the_same(self) -> None:
        reviewed = known(
            by(ADA, said("bad")),
            decisions=[decision("review")],
            predictions=[prediction(5, TASK, said("bad", 11))],
        )
        assert agreements(reviewed, blind=False) == [True]


class TestEmptyPrediction:
    """A prediction that found nothing has no region to say whose it is."""

    SPANS = parse(
        """<View><Text name="text" value="$text"/>
        <Labels name="names" toName="text"><Label value="PER"/></Labels></View>"""
    )
    EMPTY = StudioPrediction(1, TASK, "tiny-12345678", 0.7, [], NOON)

    def test_is_tandem_s_where_its_version_is(self) -> None:
        reading = Reading(self.SPANS, {}, None, {"tiny-12345678": "temperature, 40 answers"})
        row = prediction_row(self.EMPTY, None, reading)
        assert (row["answer"], row["confidence"]) == ("[]", 0.7)
        assert row["calibrator"] == "temperature, 40 answers"

    def test_is_somebody_s_where_it_is_not(self) -> None:
        row = prediction_row(self.EMPTY, None, Reading(self.SPANS, {}, None))
        assert row["calibrator"] is None

    def test_of_a_choice_is_no_answer(self) -> None:
        row = prediction_row(self.EMPTY, None, replace(READING, calibrators={"tiny-12345678": "x"}))
        assert row["answer"] is None


def test_a_task_of_several_texts_is_kept_whole() -> None:
    form = parse(
        """<View><Text name="a" value="$one"/><Text name="b" value="$two"/>
        <Pairwise name="better" toName="a,b"/></View>"""
    )
    seen = replace(seen_task(TASK), data={"one": "First.", "two": "Second."})
    row = task_row(seen, item_of(seen, form))
    assert form.data_of(row["text"]) == {"one": "First.", "two": "Second."}


def test_where_people_marked_a_dialogue_is_read_by_what_it_says() -> None:
    form = parse(
        """<View><Paragraphs name="d" value="$talk"/>
        <ParagraphLabels name="acts" toName="d"><Label value="Question"/></ParagraphLabels>
        </View>"""
    )
    talk = [{"author": "Ana", "text": "Hello."}, {"author": "Bo", "text": "Who is there?"}]
    seen = replace(seen_task(TASK), data={"talk": talk})
    value = {"start": "1", "end": "1", "startOffset": 0, "endOffset": 13}
    region = {
        "from_name": "acts",
        "to_name": "d",
        "type": "paragraphlabels",
        "value": {**value, "paragraphlabels": ["Question"]},
    }
    marked = replace(annotation(1, TASK, ADA, "negative"), result=[region])
    row = annotation_row(marked, item_of(seen, form).text, Reading(form, {}, None))
    assert row["answer"] == '[[16,29,"Question"]]'
    assert annotation_row(marked, None, Reading(form, {}, None))["answer"] is None
