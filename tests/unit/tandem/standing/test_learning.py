"""What more labels bring, which rules say stop and who chooses, in words."""

from dataclasses import replace

import pytest

from routing.ledger.chance_looks import ChanceLook
from tandem.standing.learning import LOOKS_AT, learning_lines
from tests.support.learning_standings import HELPS, HURTS, UNKNOWN, learning, signs


def test_nothing_is_said_of_what_is_not_known() -> None:
    assert learning_lines(None) == []


def test_says_how_often_the_model_is_wrong_and_what_more_labels_bring() -> None:
    error, gain, _ = learning_lines(learning())
    assert error == (
        "After 100 answers the model is wrong in 20.0% of the texts that chance draws (11.8% to"
        " 31.8%; 60 were judged, each without its own answer)."
    )
    assert gain == (
        "100 more labels are expected to teach it 1.2 points of accuracy (0.2 to 3.0), which is"
        " about 4 (1 to 9) of the 300 labels then left. Of the 100 that the model doubts most,"
        " about 38 are wrong by its own doubt, and people would mend these."
    )


def test_says_which_rules_say_stop_and_that_the_plan_decides() -> None:
    _, _, told = learning_lines(learning())
    assert told == (
        "Say stop: label stability. Say go on: plan and learning curve. The plan alone decides."
    )
    _, _, none = learning_lines(replace(learning(), signs=signs(kappa=0.9)))
    assert none.startswith("No rule says stop. Say go on: ")


def test_one_lesson_says_what_is_missing() -> None:
    _, gain, _ = learning_lines(replace(learning(), gain=None, curve=()))
    assert gain.startswith("What 100 more labels would teach cannot be told before two lessons")


def test_where_nothing_is_open_no_more_labels_are_told_of() -> None:
    lines = learning_lines(replace(learning(), more=0, gain=None))
    assert not any("more label" in line for line in lines)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (
            HURTS,
            "Chance is proved to teach more than margin (gain \N{MINUS SIGN}0.080,"
            " \N{MINUS SIGN}0.112 to \N{MINUS SIGN}0.042",
        ),
        (HELPS, "The strategy margin teaches more than chance (gain +0.040"),
        (UNKNOWN, "Whether margin teaches more than chance cannot be told"),
    ],
)
def test_says_whether_the_strategy_beats_chance(look: ChanceLook, said: str) -> None:
    assert learning_lines(learning(look))[-1].startswith(said)


def test_every_rule_says_what_it_looks_at() -> None:
    assert {one.rule for one in signs()} == LOOKS_AT.keys()
