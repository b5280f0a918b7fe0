"""The benchmark of P(True): what stands, what is asked, and how it is judged."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from backend.engines import Request, Scored
from bench.classification_work import label_config_of
from bench.p_true import majority, measure
from labeling.errors import EngineError
from labeling.settings.settings import Settings
from tandem.replay.folder import RecordedWork
from tests.support.even_engine import EvenEngine

TASKS = 40


class KnowingEngine(EvenEngine):
    """Knows that even texts are `yes`, and says so of each proposed answer."""

    def loglikelihood(self, requests: Sequence[Request]) -> list[Scored | EngineError]:
        return [Scored(np.log([p, 1 - p])) for p in map(_p_true, requests)]


def _p_true(request: Request) -> float:
    is_even = int(request.context.text.split()[-1]) % 2 == 0
    return 0.9 if is_even == ("Proposed answer: yes" in request.context.after) else 0.2


def work() -> RecordedWork:
    """Every fourth item's three votes are wrong by two to one; the last item has two votes."""
    votes = [
        (task, f"w{voter}", (task % 2) ^ (task % 4 == 0 and voter < 2), np.nan)
        for task in range(TASKS)
        for voter in range(3 if task < TASKS - 1 else 2)
    ]
    return RecordedWork(
        "made",
        tuple(map(str, range(TASKS))),
        ("yes", "no"),
        tuple(f"Text {task}" for task in range(TASKS)),
        np.arange(TASKS) % 2,
        pd.DataFrame(votes, columns=["task", "worker", "label", "seconds"]),
        None,
        label_config_of(["yes", "no"], {}),
        "",
    )


def test_the_majority_of_three_votes_stands() -> None:
    standing = majority(work(), seed=1)
    assert [task for task in range(TASKS - 1) if standing[task] != task % 2] == [*range(0, 40, 4)]


def test_a_model_that_knows_tells_right_from_wrong() -> None:
    found = measure(work(), Settings(), KnowingEngine(), seeds=2)
    assert (found.labels, found.wrong, found.auc) == (TASKS - 1, 10, 1)
    assert (found.right_p_true, found.wrong_p_true) == pytest.approx((0.9, 0.2))


def test_a_model_that_knows_nothing_is_at_a_half() -> None:
    found = measure(work(), Settings(), EvenEngine(), seeds=2)
    assert (found.auc, found.low, found.high) == (0.5, 0.5, 0.5)
