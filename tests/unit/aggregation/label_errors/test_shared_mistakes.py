"""People who all say the same may all be wrong together."""

from datetime import UTC, datetime

import pytest

from aggregation.label_errors.shared_mistakes import with_shared_mistakes
from aggregation.votes import Answer

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ABLE = dict.fromkeys("abcd", 0.95)


def answers(*labels: str) -> list[Answer]:
    return [
        Answer(1, worker, label, "person", NOON)
        for worker, label in zip("abcd", labels, strict=False)
    ]


def doubt(said: list[Answer], p: float) -> float:
    """How probable `bad` becomes where independent votes and belief left it with `p`."""
    return with_shared_mistakes({1: {"good": 1 - p, "bad": p}}, {1: said}, ABLE)[1]["bad"]


def test_of_what_all_agree_on_more_doubt_is_left() -> None:
    assert 0.001 < doubt(answers("good", "good", "good"), 0.0005) < 0.01


def test_the_more_agree_the_more_doubt_is_given_back() -> None:
    two, four = (doubt(answers(*["good"] * n), 0.0005) for n in (2, 4))
    assert 0.0005 < two < four


@pytest.mark.parametrize("said", [("good",), ("good", "good", "bad"), ()])
def test_one_vote_and_votes_that_differ_are_left_as_they_are(said: tuple[str, ...]) -> None:
    assert doubt(answers(*said), 0.01) == 0.01


def test_it_is_a_distribution_still() -> None:
    found = with_shared_mistakes(
        {1: {"a": 0.9, "b": 0.06, "c": 0.04}}, {1: answers("a", "a")}, ABLE
    )
    assert sum(found[1].values()) == pytest.approx(1)
    assert found[1]["b"] / found[1]["c"] == pytest.approx(1.5)
