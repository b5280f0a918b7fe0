"""What is said of a span is settled among those who marked it."""

import pandas as pd
import pytest

from aggregation.by_type import aggregator_for
from aggregation.by_type.regions import Regions, by_region, settled
from labeling.answers.types import AnswerType, canonical_json, canonical_regions, regions_of
from tests.support.crowds import votes_of

SOUP, WAITER = (4, 8, "Food"), (23, 29, "Staff")


def said(soup: str | None = None, waiter: str | None = None) -> str:
    """What somebody says of what they marked."""
    told = {SOUP: soup, WAITER: waiter}
    return canonical_regions({span: one for span, one in told.items() if one is not None})


def consensus(
    *answers: str, inner: AnswerType = AnswerType.CLASS
) -> dict[tuple[int, int, str], str]:
    votes = votes_of((1, f"w{number}", answer) for number, answer in enumerate(answers))
    return regions_of(aggregator_for(AnswerType.REGIONS, inner=inner).fit_predict(votes)[1])


def test_each_stretch_is_voted_on_by_itself() -> None:
    told = consensus(said("bad", "good"), said("bad", "bad"), said("good", "good"))
    assert told == {SOUP: "bad", WAITER: "good"}


def test_who_did_not_mark_it_has_no_say() -> None:
    assert consensus(said("bad"), said("bad"), said(), said(), said()) == {SOUP: "bad"}


@pytest.mark.parametrize(
    ("inner", "answers", "agreed"),
    [
        (AnswerType.SCALE, ["1", "5", "5"], "5"),
        (AnswerType.NUMBER, ["10", "11", "90"], "11"),
        (AnswerType.SET, ['["a","b"]', '["b"]', '["b"]'], '["b"]'),
        (AnswerType.PATHS, ['[["x","y"]]', '[["x","y"]]', '[["w"]]'], '[["x","y"]]'),
        (AnswerType.TEXT, ['["so cold a soup"]', '["cold soup"]', '["late"]'], '["cold soup"]'),
    ],
)
def test_what_is_said_is_settled_as_its_kind_is(
    inner: AnswerType, answers: list[str], agreed: str
) -> None:
    assert consensus(*map(said, answers), inner=inner) == {SOUP: agreed}


def test_one_who_is_good_on_other_stretches_weighs_more() -> None:
    rows = [
        (task, worker, said("good" if worker != "bob" or task % 2 else "bad"))
        for task in range(20)
        for worker in ("ann", "bob", "cyd", "dan")
    ]
    rows += [(99, "ann", said(waiter="good")), (99, "bob", said(waiter="bad"))]
    fitted = aggregator_for(AnswerType.REGIONS).fit(votes_of(rows))
    assert fitted.skills_["ann"] > fitted.skills_["bob"]
    assert fitted.labels_[99] == said(waiter="good")


def test_all_of_it_is_as_sure_as_its_parts_together() -> None:
    votes = votes_of(
        [(1, "ann", said("bad", "good")), (1, "bob", said("bad", "bad")), (1, "cyd", said("bad"))]
    )
    fitted = aggregator_for(AnswerType.REGIONS).fit(votes)
    assert isinstance(fitted, Regions)
    sure = fitted.marginals_[1]
    assert fitted.confidence_[1] == pytest.approx(sure[SOUP] * sure[WAITER])
    assert sure[SOUP] > sure[WAITER]


def test_who_marked_nothing_is_thought_as_good_as_the_others() -> None:
    fitted = aggregator_for(AnswerType.REGIONS).fit(
        votes_of([(1, "ann", said("bad")), (1, "bob", said("bad")), (1, "cyd", said())])
    )
    assert fitted.skills_["cyd"] == pytest.approx(fitted.skills_[["ann", "bob"]].mean())


def test_votes_are_taken_apart_by_stretch() -> None:
    votes, places = by_region(
        votes_of(
            [(1, "ann", said("bad", "good")), (2, "bob", said("bad")), (1, "bob", said("good"))]
        )
    )
    assert places == [(1, SOUP), (1, WAITER), (2, SOUP)]
    assert votes.to_numpy().tolist() == [
        [0, "ann", "bad"],
        [1, "ann", "good"],
        [2, "bob", "bad"],
        [0, "bob", "good"],
    ]


@pytest.mark.parametrize(
    ("own", "laid"),
    [
        ([[0, 10, "Food", "bad"]], "bad"),
        ([[0, 5, "Food", "bad"], [5, 12, "Food", "good"]], "good"),
        # Neither beside it nor under another label.
        ([[8, 12, "Food", "bad"]], None),
        ([[4, 8, "Staff", "bad"]], None),
    ],
)
def test_a_vote_is_laid_on_the_stretch_that_was_agreed_on(
    own: list[list[object]], laid: str | None
) -> None:
    votes = votes_of([(1, "ann", canonical_json(own)), (2, "ann", canonical_json(own))])
    [first, second] = settled(votes, pd.Series({1: '[[4,8,"Food"]]'}))["label"]
    assert (first, second) == (said(laid), "[]")
