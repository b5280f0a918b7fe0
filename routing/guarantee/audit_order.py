"""The order in which frozen labels are audited: random by weight, and fixed at the freeze."""

from collections.abc import Mapping

import numpy as np

from routing.guarantee.audit_test import weights_of
from routing.guarantee.hash_random import waiting_time


def audit_order(errors: Mapping[int, float], seed: int, digest: str) -> list[int]:
    """Put frozen tasks into the order in which they are audited, fixed at the freeze.

    Args:
        errors: Predicted probability that each task's frozen label is wrong, by task.
        seed: Seed of the order.
        digest: Of the frozen population; mixed in, so that no order can be picked in advance.

    Returns:
        Every task, the first to be audited first.
    """
    weights = weights_of(np.array(list(errors.values()), dtype=np.float64)).tolist()
    waiting = {
        task: waiting_time(seed, f"audit {digest}", task, weight)
        for task, weight in zip(errors, weights, strict=True)
    }
    return sorted(waiting, key=lambda task: (waiting[task], task))
