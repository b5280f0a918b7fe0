"""Whether an answer stands in its text."""

import pytest

from aggregation.quality.grounding import is_grounded

SOURCE = "\u201cDon\u2019t wait\u201d, said Dr. Ann Lee; the bill is 1,500 €, due 3 May.\nTschüß!"


@pytest.mark.parametrize(
    "said",
    [
        ["Ann Lee"],
        ["ann   lee."],
        ["don\u2019t wait, said dr ann"],
        ["1,500"],
        ["3 May", "tschüß"],
        [],
    ],
)
def test_what_occurs_word_by_word_is_grounded(said: list[str]) -> None:
    assert is_grounded(said, SOURCE)


@pytest.mark.parametrize(
    "said", [["Anne Lee"], ["Lee Ann"], ["1,600"], ["Ann Lee", "June"], ["nn Le"], [" "]]
)
def test_what_was_changed_or_made_up_is_not(said: list[str]) -> None:
    assert not is_grounded(said, SOURCE)


def test_what_is_written_without_spaces_is_found_within() -> None:
    assert is_grounded(["黒猫"], "私は黒猫を見た。")
    assert not is_grounded(["白猫"], "私は黒猫を見た。")


def test_signs_alone_must_occur_as_they_are() -> None:
    assert is_grounded(["€"], SOURCE)
    assert not is_grounded(["$"], SOURCE)
