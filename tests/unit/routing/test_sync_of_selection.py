"""Passes in which a strategy of active learning says which of the planned reviews come first."""

from pathlib import Path

import pytest

from routing.decisions.decide import DRAWN
from routing.tunables import Tunables
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

TASKS, PILOT = 160, 40
REVIEWS = ("review", "blind")


def reviewed(folder: Path, selection: str, **policy: float) -> tuple[MemoryLoop, set[int]]:
    """Run passes until the first round of reviews; return the tasks that it asks about."""
    folder.mkdir()
    loop = new_memory_loop(
        folder,
        TASKS,
        "ada@x",
        "ben@x",
        pilot=PILOT,
        selection=selection,
        max_votes=1,
        **policy,
    )
    loop.tunables = Tunables(round_least=5)
    asked: set[int] = set()
    while not asked:
        loop.sync()
        decisions = loop.ledger.state().decisions.values()
        asked = {one.task for one in decisions if one.kind in REVIEWS}
        if not asked:
            assert answer_tabs(loop.studio, PILOT), "people have something to do"
    return loop, asked


@pytest.mark.parametrize("selection", ["auto", "core-set"])
def test_the_strategy_of_the_settings_chooses_as_many_tasks(tmp_path: Path, selection: str) -> None:
    plain, of_plan = reviewed(tmp_path / "plain", "predicted-error")
    loop, chosen = reviewed(tmp_path / "chosen", selection)
    assert not plain.backend.embedded
    assert loop.backend.embedded
    assert len(chosen) == len(of_plan)
    assert chosen != of_plan
    for one in (plain, loop):
        one.ledger.close()


@pytest.mark.parametrize(
    ("selection", "given", "share"),
    [("core-set", {"random_share": 0.5}, 0.5), ("core-set", {}, 0.2), ("predicted-error", {}, 0)],
    ids=["as many as is said", "a fifth unless it is said", "none where nothing is watched"],
)
def test_what_chance_draws_says_so(
    tmp_path: Path, selection: str, given: dict[str, float], share: float
) -> None:
    loop, asked = reviewed(tmp_path / "one", selection, **given)
    decisions = loop.ledger.state().decisions.values()
    drawn = {one.task for one in decisions if one.reason == DRAWN}
    assert drawn <= asked
    assert len(drawn) == round(share * len(asked))
    loop.ledger.close()


def test_a_pass_that_is_made_again_asks_about_the_same_tasks(tmp_path: Path) -> None:
    loop, chosen = reviewed(tmp_path / "one", "core-set")
    other, again = reviewed(tmp_path / "other", "core-set")
    assert chosen == again
    loop.sync()
    decisions = loop.ledger.state().decisions.values()
    assert {one.task for one in decisions if one.kind in REVIEWS} == chosen
    for one in (loop, other):
        one.ledger.close()
