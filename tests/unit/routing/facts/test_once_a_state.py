"""A pass over an unchanged state fits each aggregator once, whoever reads what it came to."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch

import pytest

from aggregation.classification.bayesian import Fusion
from aggregation.classification.registry import BAYESIAN, METHODS, PosteriorAggregator
from aggregation.forms.clusters import ClusterTruth
from aggregation.forms.form import FormTruth
from labeling.answers.types import canonical_json
from labeling.form.form import parse
from labeling.settings.settings import Settings
from routing.decisions.decide import propose_decisions
from routing.ledger import Ledger
from routing.ledger.records import LedgerState
from routing.lifecycle import advance
from routing.planning.effort import labels_to_come
from routing.sync import SyncReport, sync
from routing.tunables import Tunables
from tandem.export.outcome import conclude, report_of
from tests.support.label_configs import on_text
from tests.support.memory_backend import MemoryBackend
from tests.support.memory_studio import (
    MODEL_USER,
    MemoryServer,
    MemoryStudio,
    answer_tabs,
)
from tests.support.snapshots import in_audit, piloted, snapshot_of

PEOPLE = ("ada@memory.localhost", "ben@memory.localhost", "cyd@memory.localhost")
POLICY = {
    "pilot": 20,
    "votes": 2,
    "max_votes": 3,
    "blind_share": 0.5,
    "target_error": 0.2,
}
FEW = Tunables(round_least=5)
TASKS = 60
SPANS = parse(
    on_text(
        """<Choices name="mood" toName="text"><Choice value="positive"/>
        <Choice value="negative"/></Choices>
        <Labels name="who" toName="text"><Label value="PER"/></Labels>"""
    )
)


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count the fits of each aggregator that is not fitted by another one."""
    fits: Counter[str] = Counter()
    depth = [0]

    def counted(kind: type[Any]) -> Any:
        plainly = kind.fit

        def fit(self: Any, *inputs: Any) -> Any:
            if not depth[0]:
                fits[kind.__name__] += 1
            depth[0] += 1
            try:
                return plainly(self, *inputs)
            finally:
                depth[0] -= 1

        return fit

    with ExitStack() as until_the_end:
        for kind in (Fusion, PosteriorAggregator, FormTruth, ClusterTruth):
            until_the_end.enter_context(patch.object(kind, "fit", counted(kind)))
        yield fits


class Project:
    """A project whose Label Studio and backend are in memory, and its ledger in a file."""

    def __init__(self, folder: Path, method: str) -> None:
        server = MemoryServer(PEOPLE)
        self.studio = MemoryStudio(server, server.new_project("Posts"))
        self.studio.import_tasks([{"text": f"Text {number}"} for number in range(TASKS)])
        self.backend = MemoryBackend(parse(server.label_config))
        self.ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite3", self.studio.project_id)
        self.ledger.upgrade()
        self.settings = Settings.model_validate(
            {
                "studio": {"model_user": MODEL_USER.email},
                "policy": POLICY,
                "aggregation": {"method": method},
                "reviewers": [{"email": email, "capacity": 1_000} for email in PEOPLE],
            }
        )

    def sync(self) -> SyncReport:
        """Make a pass."""
        studio, backend = cast(Any, self.studio), cast(Any, self.backend)
        return sync(studio, backend, self.ledger, self.settings, tunables=FEW)


@pytest.fixture
def joined_state() -> LedgerState:
    """A piloted project whose answers mark the same span beside the mood."""

    def joined(mood: str | None) -> str:
        return canonical_json({"mood": mood, "who": '[[0,4,"PER"]]'})

    state = piloted(40)
    return replace(
        state,
        predictions=[replace(one, answer=joined(one.answer)) for one in state.predictions],
        annotations=[replace(one, answer=joined(one.answer)) for one in state.annotations],
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_pass_over_an_unchanged_state_fits_each_aggregator_once(
    method: str, tmp_path: Path
) -> None:
    project = Project(tmp_path, method)
    for turn in range(10):
        project.sync()
        answer_tabs(project.studio, turn)
        if project.ledger.state().checks:
            break
    project.sync()
    with counting() as fits:
        report = project.sync()
    assert not report.changes, "nothing changed"
    assert project.ledger.state().checks, "what is audited is among it"
    with_and_without_model = 2 if method in BAYESIAN else 1
    assert fits.pop("Fusion", 0) <= with_and_without_model
    assert set(fits.values()) <= {1}
    assert fits.keys() <= {"PosteriorAggregator"}


def test_a_form_of_several_controls_is_fitted_once(joined_state: LedgerState) -> None:
    with counting() as fits:
        snapshot = snapshot_of(joined_state, form=SPANS)
        propose_decisions(snapshot.round_status)
        advance(snapshot.facts)
        report_of(conclude(snapshot))
    assert fits == {"FormTruth": 1, "ClusterTruth": 1}


def test_status_export_and_report_fit_each_aggregator_once() -> None:
    with counting() as fits:
        snapshot = snapshot_of(in_audit(100))
        labels_to_come(snapshot.facts)
        report_of(conclude(snapshot))
    assert fits == {"Fusion": 2}, "without the model, and with it"
