"""The report says which labels each person recognises, and what they say instead."""

from dataclasses import replace

import pytest

from labeling.form.form import parse
from routing.ledger.records import LedgerState
from tandem.export.outcome import conclude, report_of
from tandem.report import render
from tandem.report.label_skills import SkillTable, label_skill_lines, skill_table
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import BEN
from tests.support.snapshots import PEOPLE, facts_of, piloted, snapshot_of

NAME = PEOPLE[BEN]


@pytest.fixture
def state() -> LedgerState:
    """Ada answered, a friend said the same, and Ben takes much of what is negative for positive."""
    once = piloted(240)
    others = []
    for place, one in enumerate(once.annotations):
        friend = replace(one, id=one.id + 10_000, worker_id=99, worker="friend@example.org")
        is_missed = one.answer == "negative" and place % 4
        said = "positive" if is_missed else one.answer
        ben = replace(one, id=one.id + 20_000, worker_id=BEN, worker=NAME, answer=said)
        others += [friend, ben]
    return replace(once, annotations=[*once.annotations, *others])


def table_of(state: LedgerState) -> SkillTable:
    found = skill_table(facts_of(state))
    assert found is not None
    return found


def test_a_label_that_somebody_misses_stands_out_with_what_they_say_instead(
    state: LedgerState,
) -> None:
    table = table_of(state)
    ben = dict(zip(table.labels, dict(table.people)[NAME], strict=True))
    missed, known = ben["negative"], ben["positive"]
    assert missed is not None
    assert known is not None
    assert missed.skill < known.skill
    assert missed.low < missed.skill < missed.high
    assert (missed.instead, known.instead) == ("positive", None)


def test_it_stands_on_the_page_and_in_lines(state: LedgerState) -> None:
    page = " ".join(render(report_of(conclude(snapshot_of(state)))).split())
    assert "Which labels each of them recognises" in page
    assert '<span class="instead" dir="auto">positive' in page
    lines = label_skill_lines(table_of(state), NAME)
    assert any(one.startswith("negative: recognised") and "says positive" in one for one in lines)
    assert label_skill_lines(table_of(state), "nobody") == label_skill_lines(None, NAME) == []


def test_single_answers_tell_nothing() -> None:
    assert skill_table(facts_of(piloted(120))) is None


def test_of_other_forms_and_of_opinions_there_is_none(state: LedgerState) -> None:
    opinions = {"controls": {"sentiment": {"subjective": True}}}
    assert skill_table(facts_of(state, parse(SENTIMENT), **opinions)) is None
