"""The annotator is asked where it pays, and about what tells how good it is; else, not at all."""

import numpy as np
import pytest

from aggregation.annotator.fusion import fused
from aggregation.annotator.skill import AnnotatorSkill, fit_skill
from labeling.mathtypes import Floats, Indices
from routing.annotator.choose import (
    DRAWN_SHARE,
    LEAST_DRAWN,
    MOST_DRAWN,
    TOGETHER,
    Texts,
    next_asks,
)
from routing.annotator.worth import threshold
from tests.support.annotated_world import GOOD, LABELS, WORTHLESS, World, world

NOTHING_KNOWN = fit_skill(np.zeros(0, int), np.zeros(0, int), np.zeros((0, LABELS)))
ALLOWED = 0.05


class Campaign:
    """An annotator that is asked until nothing pays, about 1,000 open texts and 150 answered."""

    def __init__(self, said: Indices, texts: World, price: float, budget: float = 1e9) -> None:
        self.drawn, self.open_ = list[int](), list[int]()
        self.texts, self.said, self.price, self.budget = texts, said, price, budget
        while self._ask():
            pass

    @property
    def skill(self) -> AnnotatorSkill:
        drawn = self.drawn
        return fit_skill(self.texts.truth[drawn], self.said[drawn], self.texts.believed[drawn])

    @property
    def believed(self) -> Floats:
        """What is believed of the open texts, shape (1000, labels)."""
        now = self.texts.believed.copy()
        now[self.open_] = fused(now[self.open_], self.said[self.open_], self.skill)
        return now[150:]

    def _ask(self) -> bool:
        now = self.believed
        limit = threshold(1 - now.max(axis=1), ALLOWED * len(self.texts.truth))
        fresh = np.setdiff1d(np.arange(150, len(self.texts.truth)), self.open_)
        answered = np.setdiff1d(np.arange(150), self.drawn)
        spent = self.price * (len(self.drawn) + len(self.open_))
        chosen = next_asks(
            Texts(now[fresh - 150], np.full(len(fresh), limit)),
            Texts(self.texts.believed[answered], np.full(len(answered), limit)),
            self.skill,
            price=self.price,
            room=int((self.budget - spent) / self.price + 1e-6),
            asked_drawn=len(self.drawn),
            asked_open=len(self.open_),
        )
        self.drawn += answered[chosen.drawn].tolist()
        self.open_ += fresh[chosen.open_].tolist()
        return bool(len(chosen.drawn) or len(chosen.open_))


def campaign(confusion: Floats, seed: int, price: float = 0.05, budget: float = 1e9) -> Campaign:
    texts = world(1150, seed)
    return Campaign(texts.said(confusion, seed), texts, price, budget)


def test_first_it_is_asked_what_people_have_answered() -> None:
    texts = world(300)
    limits = np.full(300, 0.1)
    chosen = next_asks(
        Texts(texts.believed, limits),
        Texts(texts.believed, limits),
        NOTHING_KNOWN,
        price=0.05,
        room=1000,
        asked_drawn=0,
        asked_open=0,
    )
    assert len(chosen.drawn) == LEAST_DRAWN
    assert not len(chosen.open_)
    # In the order of chance, whatever the belief, among texts that are in doubt.
    doubtful = np.flatnonzero(np.minimum(1, (1 - texts.believed.max(axis=1)) / 0.1) > 0.05)
    assert chosen.drawn.tolist() == doubtful[:LEAST_DRAWN].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_a_good_cheap_one_is_asked_and_leaves_more_to_the_model(seed: int) -> None:
    played = campaign(GOOD, seed)
    assert len(played.open_) > 400
    assert len(played.drawn) >= DRAWN_SHARE * (len(played.open_) - TOGETHER)

    def kept(believed: Floats) -> int:
        errors = np.sort(1 - believed.max(axis=1))
        return int((np.cumsum(errors) <= ALLOWED * 1150).sum())

    gain = kept(played.believed) - kept(played.texts.believed[150:])
    assert gain > 2 * played.price * (len(played.open_) + len(played.drawn))


def test_a_worthless_one_is_soon_asked_no_more() -> None:
    asked = [campaign(WORTHLESS, seed) for seed in range(20)]
    assert np.mean([len(one.open_) < TOGETHER for one in asked]) >= 0.9
    assert np.median([len(one.drawn) for one in asked]) <= LEAST_DRAWN
    assert max(len(one.drawn) for one in asked) <= MOST_DRAWN


def test_an_echo_of_the_model_is_soon_asked_no_more() -> None:
    """However often it is right."""
    worlds = [world(1150, seed) for seed in range(20)]
    asked = [Campaign(one.echo, one, 0.1) for one in worlds]
    assert np.mean([len(one.open_) < TOGETHER for one in asked]) >= 0.9


def test_a_dear_one_is_not_asked_at_all() -> None:
    played = campaign(GOOD, 0, price=1.2)
    assert not played.drawn
    assert not played.open_


def test_it_is_not_asked_where_the_model_keeps_all() -> None:
    believed = np.full((200, LABELS), 0.001) + np.eye(LABELS)[np.zeros(200, int)] * 0.997
    sure = Texts(believed, np.ones(200))
    chosen = next_asks(
        sure, sure, NOTHING_KNOWN, price=0.05, room=1000, asked_drawn=0, asked_open=0
    )
    assert not len(chosen.drawn)
    assert not len(chosen.open_)


@pytest.mark.parametrize("budget", [0.0, 1.0, 7.3, 20.0])
def test_its_budget_is_never_passed(budget: float) -> None:
    played = campaign(GOOD, 1, price=0.1, budget=budget)
    asked = len(played.open_) + len(played.drawn)
    assert asked == int(budget / 0.1 + 1e-6), "it pays, so the budget is spent"
