"""What control tasks are worth: whom they find in the work to come, against simulated people."""

import numpy as np
import pytest

from aggregation.quality.skill_test import log_evidence
from labeling.settings.quality_section import QualitySettings
from routing.planning.worth_of_checking import Worth, worth_of_checking
from tandem.cli.planning import worth_in_words

QUALITY = QualitySettings(known_from=("experts",), controls_most=0.1)


def worth(
    labels: float = 2_000, people: int = 4, known: int = 100, **quality: object
) -> list[Worth]:
    settings = QUALITY.model_copy(update=quality)
    return worth_of_checking(labels, people, known, settings, has_peers=False)


def test_each_person_has_an_equal_share_of_the_work() -> None:
    bad, weak = worth()
    assert [bad.skill, weak.skill] == pytest.approx([0.5, 0.6])
    assert (bad.answers, bad.controls, bad.wrong) == (500, 50, 250)
    assert bad.half == 32
    assert bad.found > weak.found


def test_what_they_spare_is_what_simulated_people_do_not_get_to_answer() -> None:
    drawn, [bad, _] = np.random.default_rng(5), worth()
    people, answers = 3_000, int(bad.answers)
    # An answer to a control task comes after every ten others.
    right = drawn.random((people, bad.controls)) < bad.skill
    nats = log_evidence(right, np.ones(right.shape), QUALITY.good)
    is_found = nats >= -np.log(QUALITY.wrongly_paused)
    after = np.where(is_found.any(axis=1), is_found.argmax(axis=1) + 1, bad.controls)
    wrong = drawn.random((people, answers)) >= bad.skill
    spared = [row[10 * n :].sum() for row, n in zip(wrong, after, strict=True)]
    assert is_found.any(axis=1).mean() == pytest.approx(bad.found, abs=0.03)
    assert np.mean(spared) == pytest.approx(bad.spared, rel=0.06)


def test_nobody_is_asked_more_than_there_are() -> None:
    [bad, _] = worth(known=7)
    assert bad.controls == 7


def test_where_nobody_is_paused_nothing_is_spared() -> None:
    assert [one.spared for one in worth(pause=False)] == [0, 0]


def test_with_peers_the_bound_counts_on_known_answers_alone() -> None:
    [bound, _] = worth_of_checking(2_000, 4, 100, QUALITY, has_peers=True)
    assert bound.found < worth()[0].found


def test_without_people_work_or_known_answers_there_is_nothing_to_say() -> None:
    assert worth(people=0) == worth(labels=0) == worth(known=0) == worth(controls_most=0.0) == []


def test_it_is_said_in_a_line() -> None:
    line = worth_in_words(worth()[0])
    assert "right in 50% of the items would give 250 wrong answers among 500" in line
    assert "With 50 control tasks beside these, at most, they are found" in line
    assert "half of such people are found within 32 control tasks" in line
