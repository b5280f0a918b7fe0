"""The most suspect labels are picked, and a few at random of all others."""

from aggregation.label_errors.records import ErrorKind, Suspicion
from routing.label_check.pick import askable, pick

LABELS = dict.fromkeys(range(100), "good")
RANKED = [
    Suspicion(task, "mood", ErrorKind.WRONG_LABEL, 1 - task / 100, "good") for task in range(100)
]


def test_most_are_the_most_suspect_and_a_tenth_is_drawn_from_the_rest() -> None:
    picks = pick(RANKED, LABELS, 20, seed=0)
    assert [one.task for one in picks[:18]] == list(range(18))
    drawn = [one for one in picks if one.is_random]
    assert (len(drawn), len({one.task for one in picks})) == (2, 20)
    assert min(one.task for one in drawn) >= 18
    assert picks[0].label == "good"


def test_the_draw_follows_from_the_seed_alone() -> None:
    assert pick(RANKED, LABELS, 20, seed=0) == pick(RANKED, LABELS, 20, seed=0)
    assert pick(RANKED, LABELS, 20, seed=0) != pick(RANKED, LABELS, 20, seed=1)


def test_where_no_more_are_left_than_wanted_all_are_picked() -> None:
    picks = pick(RANKED[:5], LABELS, 20, seed=0)
    assert [one.task for one in picks] == [0, 1, 2, 3, 4]
    assert not any(one.is_random for one in picks)


def test_what_people_differ_about_and_what_was_given_is_not_asked_again() -> None:
    ambiguous = Suspicion(100, "mood", ErrorKind.AMBIGUOUS, 0.9, "good")
    assert [one.task for one in askable([ambiguous, *RANKED[:3]], {1})] == [0, 2]
