"""The guard tells a ledger that keeps a project from one that does not."""

from dataclasses import replace

import pytest

from labeling.errors import ForeignLedger
from routing.clock import system_clock
from routing.ledger.records import LedgerState
from routing.ownership.guard import claim, require_no_traces, require_own
from routing.ownership.mark import find
from tests.support.memory_studio import MemoryServer, MemoryStudio
from tests.support.snapshots import prelabelled, truth, with_answers
from tests.unit.routing.conftest import NewLedger

UNTOUCHED = replace(prelabelled(2), predictions=[])


def test_a_ledger_keeps_what_it_claims_and_no_other_may(new_ledger: NewLedger) -> None:
    server = MemoryServer(["ada"])
    studio = MemoryStudio(server, server.new_project("Moods"))
    ours, theirs = new_ledger(), new_ledger()
    assert ours.is_new
    told = claim(studio, ours, [studio.project()], system_clock)  # type: ignore[arg-type]
    assert told == studio.descriptions()
    assert find(told[studio.project_id]) == ours.identity()
    assert not ours.is_new
    require_own(ours, told, studio.project_id, None)
    with pytest.raises(ForeignLedger, match="kept by another ledger"):
        require_own(theirs, told, studio.project_id, None)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (prelabelled(2), "2 predictions"),
        (
            replace(
                UNTOUCHED,
                annotations=[
                    replace(one, kind="model")
                    for one in with_answers(UNTOUCHED, list(truth(2)), "review").annotations
                ],
            ),
            "2 annotations of the model's user",
        ),
    ],
)
def test_a_new_ledger_is_refused_what_only_another_can_have_led_to(
    new_ledger: NewLedger, state: LedgerState, told: str
) -> None:
    ledger = new_ledger()
    require_no_traces(ledger, 1, UNTOUCHED)
    with pytest.raises(ForeignLedger, match=told):
        require_no_traces(ledger, 1, state)
    ledger.identify()
    require_no_traces(ledger, 1, state)


def test_predictions_that_people_s_answers_came_from_alone_are_no_trace(
    new_ledger: NewLedger,
) -> None:
    state = prelabelled(1)
    answered = with_answers(state, [1], "review")
    annotations = [replace(one, parent_prediction=1) for one in answered.annotations]
    require_no_traces(new_ledger(), 1, replace(state, annotations=annotations))


def test_a_new_ledger_is_refused_a_blind_project_that_it_did_not_make(
    new_ledger: NewLedger,
) -> None:
    ledger = new_ledger()
    with pytest.raises(ForeignLedger, match="its blind project 2"):
        require_own(ledger, {1: "", 2: ""}, 1, 2)
    ledger.identify()
    require_own(ledger, {1: "", 2: ""}, 1, 2)
