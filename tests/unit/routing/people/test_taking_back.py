"""A pause is taken back once the evidence behind it holds no more, and not before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.ledger.people import PersonEvent
from routing.people.states import next_event
from routing.people.supervise import supervise
from routing.people.taking_back import taken_back
from tests.support.control_answers import answered
from tests.support.observed_tasks import NOON

CARL, ADMIN = 7, "ann@x"
LATER = NOON + timedelta(days=1)
QUALITY = QualitySettings()
PAUSED = supervise([], answered(CARL, "-" * 8), (), QUALITY, NOON)


def back(
    answers: Sequence[ControlAnswer],
    events: Sequence[PersonEvent] = PAUSED,
    at: datetime = LATER,
) -> list[PersonEvent]:
    return taken_back(events, answers, QUALITY, at)


def test_it_holds_while_the_evidence_does_whatever_is_answered_later() -> None:
    assert [one.state for one in PAUSED] == ["paused"]
    assert back(answered(CARL, "-" * 8)) == []
    assert back(answered(CARL, "-" * 8 + "+" * 60)) == []


def test_answers_that_are_right_after_all_take_it_back_with_the_reason() -> None:
    [active] = back(answered(CARL, "+" * 8))
    assert (active.state, active.number, active.by) == ("active", 2, None)
    assert active.reason.startswith("what is known now no longer proves the pause: 8 of 8")
    assert active.evidence is not None
    assert active.evidence["e_value"] < 100
    assert back(answered(CARL, "+" * 8), [*PAUSED, active]) == []


def test_answers_that_count_no_more_take_it_back_too() -> None:
    assert [one.state for one in back([])] == ["active"]


def test_who_is_in_doubt_yet_is_watched_from_then_on() -> None:
    answers = answered(CARL, "-+-+-")
    events = [*PAUSED, *back(answers)]
    assert [one.state for one in supervise(events, answers, (), QUALITY, LATER)] == ["watched"]


def test_the_test_goes_on_from_where_it_began() -> None:
    events = [*PAUSED, *back(answered(CARL, "-" * 4))]
    [again] = supervise(events, answered(CARL, "-" * 8), (), QUALITY, LATER)
    assert again.state == "paused"
    assert again.evidence is not None
    assert again.evidence["controls"] == 8


def test_what_the_admin_paused_or_excluded_stays() -> None:
    for state in ("paused", "excluded"):
        said = next_event([], CARL, state, "why", NOON, by=ADMIN)
        assert back([], [said]) == []
