"""People as a measure, in the report: how they lean, how they err, where they differ."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from aggregation.subjective.label_distributions import label_distributions
from aggregation.subjective.opinions import ControlOpinions
from aggregation.votes import Answer
from tandem.report import ReportData, render
from tandem.report.people import BlindAnswers, HumanReliability, measure, unchosen
from tests.support.report_pages import Page
from tests.support.simulated_report import LABELS, NOON, simulated_report

TEXTS = {task: f"Text {task}" for task in range(200)}


@pytest.fixture(scope="module")
def report() -> ReportData:
    return simulated_report(60)


def blind(
    answers: list[Answer], first: int = 2, agreed: tuple[int, int] = (0, 0), of: int = 0
) -> BlindAnswers:
    """Blind answers; so many of the reviews agreed with the model, blind and beside it."""
    alone, beside = ([n < count for n in range(of)] for count in agreed)
    return BlindAnswers(answers, {one.task: one.label for one in answers}, first, alone, beside)


def votes(shares: dict[bool, list[float]], workers: int, tasks: int = 100) -> list[Answer]:
    """Independent answers; every second task is answered by the other shares."""
    rng = np.random.default_rng(3)
    return [
        Answer(task, f"w{worker}", str(rng.choice(LABELS, p=shares[task % 2 == 0])), "person", NOON)
        for task, worker in product(range(tasks), range(workers))
    ]


def sure(workers: int) -> list[Answer]:
    alike = [0.9, 0.04, 0.03, 0.03]
    return votes({True: alike, False: alike}, workers)


def torn(workers: int) -> list[Answer]:
    return votes({True: [0.4, 0.4, 0.2, 0.0], False: [0.97, 0.03, 0.0, 0.0]}, workers)


def known(of: BlindAnswers, gold: dict[int, str] | None = None) -> HumanReliability:
    return measure(of, TEXTS, len(LABELS), seed=0, gold=gold)


def opinions(answers: list[Answer]) -> ControlOpinions:
    """What these people say of a control that asks for their opinion."""
    said: dict[int, tuple[str, ...]] = {}
    for one in answers:
        said[one.task] = (*said.get(one.task, ()), one.label)
    return ControlOpinions(True, said, label_distributions(said, LABELS), {})


def section(report: ReportData, of: HumanReliability, name: str) -> str:
    return Page(render(replace(report, measure=of))).sections.get(name, "")


class TestAnchoring:
    def test_people_who_lean_are_said_to(self, report: ReportData) -> None:
        found = known(blind([], agreed=(60, 90), of=100))
        assert found.anchoring is not None
        assert found.anchoring.effect == pytest.approx(0.3)
        said = section(report, found, "anchoring")
        assert "+30" in said
        assert "lean towards the model's answer" in said

    def test_no_effect_is_called_none_shown(self, report: ReportData) -> None:
        said = section(report, known(blind([], agreed=(15, 16), of=20)), "anchoring")
        assert "No effect is shown" in said

    def test_too_few_answers_say_nothing(self, report: ReportData) -> None:
        found = known(blind([], agreed=(4, 9), of=9))
        assert found.anchoring is None
        assert not section(report, found, "anchoring")


class TestHumanError:
    def test_it_follows_from_how_often_two_people_disagree(self, report: ReportData) -> None:
        found = known(blind(sure(2)))
        assert found.error is not None
        assert not found.has_gold
        assert found.error.interval.low < 0.1 < found.error.interval.high
        said = section(report, found, "truth")
        assert "at least" in said
        assert "What people get wrong together shows in no disagreement" in said

    def test_the_promise_is_read_against_it(self, report: ReportData) -> None:
        found = known(blind(sure(2)))
        assert found.error is not None
        worst = round(100 * (0.1 + found.error.error))
        assert f"up to about {worst}% of the labels" in section(report, found, "truth")

    def test_gold_labels_count_it(self, report: ReportData) -> None:
        answers = [Answer(task, "ann", "Praise", "person", NOON) for task in range(40)]
        gold = {task: "Billing" if task < 10 else "Praise" for task in range(40)}
        found = known(blind(answers), gold)
        assert found.error is not None
        assert (found.error.error, found.has_gold) == (0.25, True)
        assert "against the known true ones, on 40 items" in section(report, found, "truth")

    def test_votes_that_were_asked_because_others_differed_do_not_count(self) -> None:
        asked_more = [
            Answer(1, "a", "Praise", "person", NOON),
            Answer(1, "b", "Billing", "person", NOON),
            Answer(1, "c", "Delivery", "person", NOON),
            Answer(2, "a", "Praise", "person", NOON),
        ]
        assert unchosen(asked_more, 1)["worker"].tolist() == ["a", "b"]
        assert len(unchosen(asked_more, 3)) == 3

    def test_too_few_items_say_nothing(self) -> None:
        assert known(blind(sure(2)[:16])).error is None
        assert known(blind(sure(1))).error is None


class TestOpinions:
    def test_where_people_genuinely_differ_the_distribution_is_given(
        self, report: ReportData
    ) -> None:
        found = known(blind(torn(8), first=8))
        assert found.opinions is not None
        assert sum(b.items for b in found.opinions.shares) == 100
        assert 0 < found.opinions.entropy < 2
        for item in found.opinions.divided:
            assert sum(share for _, share in item.shares) == pytest.approx(1)
            assert item.task % 2 == 0
            assert item.text == TEXTS[item.task]
        said = section(report, found, "opinions")
        assert "an error rate is the wrong question" in said
        assert f"Text {found.opinions.divided[0].task}" in said

    def test_disagreement_is_then_no_error(self) -> None:
        assert known(blind(torn(8), first=8)).error is None

    def test_what_votes_alone_say_is_to_be_confirmed_by_a_setting(self, report: ReportData) -> None:
        found = known(blind(torn(8), first=8))
        assert "set subjective: true for the control" in section(report, found, "opinions")

    def test_where_opinions_are_asked_there_is_no_error_however_people_vote(
        self, report: ReportData
    ) -> None:
        found = measure(
            blind(sure(8), first=8),
            TEXTS,
            len(LABELS),
            seed=0,
            gold=dict.fromkeys(TEXTS, LABELS[0]),
            opinions=opinions(sure(8)),
        )
        assert found.error is None
        assert found.opinions is not None
        said = section(report, found, "opinions")
        assert "No single truth" in said
        assert "set subjective" not in said

    def test_it_is_told_how_often_one_more_person_would_contradict_any_label(
        self, report: ReportData
    ) -> None:
        given = torn(8)
        found = measure(blind(given, first=8), TEXTS, len(LABELS), seed=0, opinions=opinions(given))
        assert found.opinions is not None
        assert found.opinions.contradicted is not None
        assert 0.2 < found.opinions.contradicted < 0.4  # half of the items: 0.6, half: 0.03
        told = f"in about {found.opinions.contradicted:.0%} of the items"
        assert told in section(report, found, "opinions")

    def test_people_who_err_alike_everywhere_do_not_differ(self, report: ReportData) -> None:
        found = known(blind(sure(8), first=8))
        assert found.opinions is None
        assert not section(report, found, "opinions")
