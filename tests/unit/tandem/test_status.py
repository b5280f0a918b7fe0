"""Status: where the promise stands, what it took and what it will take."""

from dataclasses import replace
from typing import cast

import pytest

from labeling.protocol import HealthResponse, QueueLoad
from routing.ledger.records import Assignment, RecordedCheck
from routing.studio import Studio
from routing.studio.models import StudioView
from tandem.status import standing, streams, waiting
from tests.support.observed_tasks import ADA, BEN, NOON
from tests.support.snapshots import VERSION, asked, in_audit, piloted, prelabelled, snapshot_of

N = 600


def test_before_the_pilot_there_is_no_forecast_of_a_round() -> None:
    told = standing(snapshot_of(prelabelled(N)))
    assert told["stage"] == "people begin with a random sample"
    assert (told["forecast"], told["populations"]) == (None, [])
    assert (told["model_version"], told["answers_learned_from"]) == (VERSION, 0)
    assert told["undecided"] == N


def test_the_open_population_is_told_by_its_last_forecast() -> None:
    told = standing(snapshot_of(asked(piloted(N), 20)))
    assert told["forecast"] == {"reviews": 84, "audits": 90, "left": 240}
    assert told["decisions"] == {"pilot": 60, "review": 20}
    assert (told["human_labels"], told["votes_owed"]) == (60, 20)
    to_come = told["human_labels_to_come"]
    assert 20 < to_come["low"] <= to_come["expected"] <= to_come["high"] <= 2 * (N - 60)


def test_an_audited_population_is_told_by_its_bound_of_this_moment() -> None:
    state = in_audit(N, 20)
    first = len(state.checks) + 1
    task = min(state.tasks.keys() - state.decisions.keys())
    waiting = RecordedCheck(1, first, task, "audit", "waiting", None, NOON)
    told = standing(snapshot_of(replace(state, checks=[*state.checks, waiting])))
    (population,) = told["populations"]
    assert told["stage"].startswith("auditing")
    assert told["forecast"] is None, "nothing is open any more"
    assert not population["certified"]
    assert (population["tasks"], population["target_error"], population["allowed"]) == (N, 0.1, 60)
    assert population["unchecked"] == N - 80
    assert population["share"] == pytest.approx((N - 80) / N)
    assert population["allowed"] < population["bound"] <= N - 80
    assert population["evidence"] < 1
    assert (population["checks_answered"], population["checks_waiting"]) == (20, 1)
    assert told["human_labels"] == 80
    assert told["human_labels_to_come"]["expected"] > 0


def test_a_certified_population_is_bounded_by_what_may_be_wrong() -> None:
    told = standing(snapshot_of(in_audit(N, None)))
    (population,) = told["populations"]
    assert population["certified"]
    assert population["bound"] <= population["allowed"]
    assert population["evidence"] == 1
    assert told["human_labels_to_come"] == {"expected": 0, "low": 0, "high": 0}


def test_what_waits_in_the_companion_counts_too() -> None:
    def waiting(*pairs: tuple[int, int]) -> list[Assignment]:
        return [Assignment(task, worker, "open", NOON) for task, worker in pairs]

    main = replace(piloted(N), assignments=waiting((70, ADA), (71, ADA)))
    blind_project = replace(prelabelled(3), assignments=waiting((1, ADA), (2, BEN)))
    told = standing(snapshot_of(main, blind_project))
    assert told["waiting"] == {"ada@example.org": 3, "ben@example.org": 1}


def test_what_the_backend_is_busy_with_is_told_by_kind() -> None:
    load = QueueLoad(
        waiting=60,
        waiting_tokens=900,
        in_flight=4,
        done=9,
        done_tokens=120,
        refused=0,
        per_second=1.5,
    )
    assert waiting(HealthResponse(status="UP", work={"bulk": load})) == {"bulk": 64}
    assert waiting(HealthResponse(status="UP")) == {}, "a backend of another kind tells nothing"


def test_streams_lead_to_tabs_of_both_projects() -> None:
    main, blind_project = Door(1), Door(2)
    snapshot = snapshot_of(prelabelled(3), prelabelled(3))
    assert snapshot.blind_project
    snapshot = replace(
        snapshot,
        studio=cast(Studio, main),
        blind_project=replace(snapshot.blind_project, studio=cast(Studio, blind_project)),
    )
    assert streams(snapshot) == {
        "Tandem · ada@example.org": "http://studio/projects/1/data?tab=7&labeling=1",
        "Tandem · ada@example.org · blind": "http://studio/projects/2/data?tab=7&labeling=1",
    }


class Door:
    """A Label Studio with a tab of Ada's and one that is nobody's."""

    url = "http://studio"

    def __init__(self, project: int) -> None:
        self.project_id = project

    def views(self) -> list[StudioView]:
        return [
            StudioView(7, "Tandem · ada@example.org", (), ()),
            StudioView(8, "Default", (), ()),
        ]
