"""What control tasks take: counted apart from the labels, and forecast by people's skill."""

from dataclasses import replace

import pytest

from aggregation.quality.control_answers import ControlAnswer
from labeling.settings.quality_section import QualitySettings
from routing.facts.vote_demands import Reviewer
from routing.planning.checking import Checking, checking
from routing.planning.effort import labels_to_come, outlook
from tandem.cli.planning import controls_in_words, in_numbers
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import facts_of, piloted

N = 600
QUALITY = QualitySettings(known_from=("experts",), controls_least=0.01, controls_most=0.1)
REVIEWERS = [Reviewer(ADA, 10), Reviewer(BEN, 10), Reviewer(99, 10, expert=True)]


def right(worker: int, count: int) -> list[ControlAnswer]:
    return [ControlAnswer(worker, number, "a", True, 1.0, NOON) for number in range(count)]


class TestShare:
    def test_of_who_is_new_it_is_the_most(self) -> None:
        assert checking(0, 0, [], REVIEWERS, QUALITY).share == pytest.approx(0.1)

    def test_it_falls_with_what_is_known(self) -> None:
        known = checking(200, 0, right(ADA, 100) + right(BEN, 100), REVIEWERS, QUALITY)
        half = checking(100, 0, right(ADA, 100), REVIEWERS, QUALITY)
        assert 0.01 < known.share < half.share < 0.1

    def test_without_known_answers_or_people_none_are_to_come(self) -> None:
        assert checking(0, 0, [], REVIEWERS, QualitySettings()).share == 0
        assert checking(0, 0, [], [], QUALITY).share == 0

    def test_experts_are_asked_none(self) -> None:
        found = checking(0, 0, [], REVIEWERS, QUALITY, 30)
        assert (found.known, found.people) == (30, 2)


class TestOutlook:
    COSTS = {"human_label": 0.5, "model_label": 0.0}  # noqa: RUF012 - read alone

    def test_they_come_on_top_of_the_labels(self) -> None:
        facts = facts_of(piloted(N, seconds=36.0), costs=self.COSTS)
        without, ahead = outlook(facts), outlook(facts, checking=Checking(30, 2, 0.1))
        assert replace(ahead, controls=None) == without
        assert ahead.controls is not None
        assert (ahead.controls.spent.labels, ahead.controls.spent.money) == (30, 15.0)
        to_come = labels_to_come(facts)
        assert to_come is not None
        assert ahead.controls.expected is not None
        assert ahead.controls.expected.labels == pytest.approx(to_come[0] * 0.1)

    def test_what_is_not_paid_takes_time_alone(self) -> None:
        facts = facts_of(piloted(N, seconds=36.0), costs=self.COSTS)
        ahead = outlook(facts, checking=Checking(30, 0, 0.1, is_paid=False))
        assert ahead.controls is not None
        assert ahead.controls.spent.money == 0
        assert ahead.controls.spent.hours == pytest.approx(0.3)

    def test_the_plan_says_so_in_a_line_and_in_numbers(self) -> None:
        facts = facts_of(piloted(N, seconds=36.0), costs=self.COSTS)
        without, ahead = outlook(facts), outlook(facts, checking=Checking(30, 2, 0.1))
        assert (controls_in_words(without), in_numbers(without)["control_tasks"]) == ([], None)
        [line] = controls_in_words(ahead)
        assert "30 answers, $15.00, 0.3 hours so far; from now on 10.0% of what is asked" in line
        assert in_numbers(ahead)["control_tasks"]["spent"]["labels"] == 30

    def test_the_plan_tells_what_they_are_worth(self) -> None:
        facts = facts_of(piloted(N, seconds=36.0), costs=self.COSTS)
        ahead = outlook(facts, checking=Checking(30, 2, 0.1, known=40, people=2))
        [_, bad, weak] = controls_in_words(ahead)
        assert bad.startswith("What they are worth: somebody who is right in 50% of the items")
        assert "60%" in weak
        told = in_numbers(ahead)["control_tasks"]["worth"]
        assert [one["skill"] for one in told] == pytest.approx([0.5, 0.6])
