"""What else the admin should know: said where it matters, and not otherwise."""

from dataclasses import replace

import pytest

from routing.planning.checking import Checking
from routing.standing.standing import Spend, Standing
from tandem.standing.remarks import remarks
from tests.support.standings import population, standing, waits


class TestRemarks:
    def test_there_are_none_where_nothing_matters(self) -> None:
        assert remarks(standing(population())) == []

    @pytest.mark.parametrize(
        ("of", "said"),
        [
            (Standing("", "", votes_given_up=2), "2 answers that would help cannot be had"),
            (Standing("", "", unreadable=2), "Kept but not counted: 2 answers of people that"),
            (Standing("", "", strays=2), "2 answers came from people who were not asked"),
            (Standing("", "", skipped=2), "2 times somebody skipped a task"),
            (
                Standing("", "", controls=Checking(disputed=2)),
                "In doubt and held against nobody: 2",
            ),
        ],
    )
    def test_say_what_a_number_means_where_it_matters(self, of: Standing, said: str) -> None:
        (told,) = remarks(of)
        assert told.startswith(said)

    def test_say_that_nobody_is_named_to_review(self) -> None:
        alone = replace(standing(population(), work=(waits(None, 20),)), reviewers=())
        assert remarks(alone)[0].startswith("Nobody is named under `reviewers`")

    def test_say_that_more_waits_for_room(self) -> None:
        full = replace(standing(population(), work=(waits("ann", 8),)), votes_owed=10)
        assert remarks(full) == ["2 more answers cannot be asked yet: no reviewer has room."]

    def test_begin_with_what_changed_too_late(self) -> None:
        late = replace(standing(population()), notices=("The target moved.",), strays=1)
        assert remarks(late)[0] == "The target moved."

    def test_say_why_the_backend_cannot_be_used(self) -> None:
        away = replace(standing(population()), backend_problem="It does not answer")
        assert remarks(away) == ["The ML backend cannot be used: It does not answer."]


def test_control_tasks_are_told_apart_from_the_labels() -> None:
    checked = replace(
        standing(population()),
        controls=Checking(answered=12, skipped=2),
        spend=Spend("$", 30.0, 1.0, 5.0, controls=1.2, control_hours=0.2),
    )
    [line] = [one for one in remarks(checked) if "control" in one]
    assert line.startswith("12 answers to control tasks ($1.20, 0.2 hours) came beside these")
    assert line.endswith("2 were skipped.")
    assert not [one for one in remarks(standing(population())) if "control" in one]
