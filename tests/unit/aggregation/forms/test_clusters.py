"""Answers that say the same are one answer, however they are written."""

from datetime import UTC, datetime, timedelta

import pytest

from aggregation.forms.clusters import ClusterTruth, group
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from labeling.settings.sections import ControlSettings

SPANS = parse(
    """<View><Text name="text" value="$text"/>
  <Labels name="names" toName="text"><Label value="PER"/></Labels></View>"""
)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ALIKE = Equivalence(SPANS, {"names": ControlSettings(agreement=0.8)})
EXACT = Equivalence(SPANS)
LONG, LONGER, OTHER = '[[0,10,"PER"]]', '[[0,11,"PER"]]', '[[20,25,"PER"]]'


def answers(*labels: str, task: int = 1) -> list[Answer]:
    return [
        Answer(task, f"worker {n}", label, "person", NOON + timedelta(minutes=n))
        for n, label in enumerate(labels)
    ]


def test_answers_that_are_alike_enough_are_in_one_group() -> None:
    groups = group(ALIKE, answers(LONG, LONGER, OTHER))
    assert list(groups.votes["label"]) == ["0", "0", "1"]
    assert groups.first[1] == [LONG, OTHER]


def test_without_a_setting_only_equal_ones_are() -> None:
    assert list(group(EXACT, answers(LONG, LONGER, LONG)).votes["label"]) == ["0", "1", "0"]


def test_what_is_no_answer_of_the_form_is_left_out() -> None:
    form = parse(
        """<View><Text name="text" value="$text"/><Rating name="a" toName="text"/>
        <Number name="b" toName="text"/></View>"""
    )
    assert group(Equivalence(form), answers("no JSON")).votes.empty


@pytest.mark.parametrize("equivalence", [ALIKE, EXACT])
def test_what_two_people_say_is_more_probable_than_what_one_says(equivalence: Equivalence) -> None:
    truth = ClusterTruth(equivalence).fit([*answers(LONG, LONG), *answers(LONG, task=2)])
    assert truth.probability(1, LONG) > truth.probability(2, LONG) > 0.5
    assert truth.probability(1, OTHER) == 0


def test_an_answer_is_as_probable_as_all_that_say_the_same() -> None:
    votes = answers(LONG, LONGER, OTHER)
    together = ClusterTruth(ALIKE).fit(votes).probability(1, LONG)
    assert together == ClusterTruth(ALIKE).fit(votes).probability(1, LONGER)
    assert together > ClusterTruth(EXACT).fit(votes).probability(1, LONG)


def test_of_nobody_nothing_is_known() -> None:
    truth = ClusterTruth(EXACT).fit([])
    assert truth.probability(1, LONG) == 0
    assert truth.skills_ == {}
