"""Audits and reviews of a frozen population, drawn at will or given."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from routing.guarantee.audit_test import AuditEvent, AuditStatus, AuditTest, CheckKind, Promise

probabilities = st.floats(0, 1)


@st.composite
def events_of(draw: st.DrawFn, items: int) -> list[AuditEvent]:
    """Any audits and reviews of some of the items, in any order."""
    order = draw(st.permutations(range(items)))
    kinds: st.SearchStrategy[CheckKind] = st.sampled_from(["audit", "audit", "review"])
    outcomes: st.SearchStrategy[bool | None] = st.sampled_from([False, False, True, None])
    return [
        AuditEvent(item, draw(kinds), draw(outcomes))
        for item in order[: draw(st.integers(0, items))]
    ]


@st.composite
def campaigns(draw: st.DrawFn) -> tuple[AuditTest, list[AuditEvent]]:
    errors = np.array(draw(st.lists(probabilities, min_size=1, max_size=25)))
    promise = Promise(len(errors) + draw(st.integers(0, 9)), draw(st.floats(0.001, 0.4)), 0.05)
    events = draw(events_of(len(errors)))
    return AuditTest(promise, errors, draw(st.integers(0, 40))), events


def audited(audit_test: AuditTest, items: Sequence[int], wrong: Sequence[int] = ()) -> AuditStatus:
    return audit_test.audit_status([AuditEvent(item, "audit", item in wrong) for item in items])
