"""What a project itself knows: ground truth before experts before people who agree."""

from collections.abc import Sequence
from dataclasses import replace

from labeling.form.equivalence import Equivalence
from labeling.settings.quality_section import QualitySettings
from labeling.settings.settings import Settings
from routing.control_tasks.known_answer import KnownAnswer
from routing.control_tasks.mined import mined
from routing.facts.project import project_facts
from routing.facts.vote_demands import Reviewer
from routing.ledger.control_tasks import KnownFrom
from routing.ledger.records import LedgerAnnotation
from tests.support.ledger_states import answer, decision, state, task
from tests.support.observed_tasks import FORM

EVE = 99
REVIEWERS = [*(Reviewer(worker, 10) for worker in (11, 12, 13, 14)), Reviewer(EVE, 10, expert=True)]


def known(
    *answers: LedgerAnnotation, by: Sequence[KnownFrom] = ("ground_truth", "experts", "agreement")
) -> list[KnownAnswer]:
    """What is known of two tasks that were asked blind."""
    quality = QualitySettings.model_validate({"known_from": by, "agreement_above": 0.9})
    blind = [replace(one, blind=True) for one in answers]
    seen = state([task(1), task(2)], blind, [decision("blind", 3, of=one) for one in (1, 2)])
    facts = project_facts(seen, Equivalence(FORM), Settings(), REVIEWERS)
    return mined(facts, blind, quality)


def marked(one: LedgerAnnotation) -> LedgerAnnotation:
    return replace(one, ground_truth=True)


AGREED = [answer(number, 1, by=number) for number in (11, 12, 13)]


def test_three_people_who_agree_blind_know_an_answer_with_its_probability() -> None:
    [one] = known(*AGREED)
    assert (one.task, one.accepted, one.origin) == (1, ("negative",), "agreement")
    assert 0.9 <= one.probability < 1


def test_two_people_or_people_who_differ_know_nothing() -> None:
    assert known(*AGREED[:2]) == []
    assert known(*AGREED[:2], answer(13, 1, by=13, label="positive")) == []


def test_an_expert_and_a_mark_go_before() -> None:
    expert = answer(20, 1, by=EVE, label="positive")
    [one] = known(*AGREED, expert)
    assert (one.accepted, one.origin, one.probability) == (("positive",), "experts", 1.0)
    [one] = known(marked(AGREED[0]), *AGREED[1:], expert)
    assert (one.accepted, one.origin) == (("negative",), "ground_truth")


def test_only_what_the_settings_name_counts() -> None:
    assert known(*AGREED, by=["experts"]) == []


def test_what_the_model_s_user_marked_is_known_to_nobody() -> None:
    assert known(replace(marked(answer(11, 2)), kind="model"), by=["ground_truth"]) == []
