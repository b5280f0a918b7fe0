"""As many faults as tasks on the way to a certificate, which come to the same end as none.

A short campaign is among all tests; `make test-faults` makes one of 300.
"""

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from routing.studio import Studio
from routing.tunables import Tunables
from tandem.servers.label_studio import LabelStudioServer
from tests.support.chaos.campaign import Campaign
from tests.support.chaos.end import end_of, unlike
from tests.support.chaos.people import OTHER, Crew
from tests.support.chaos.projects import campaign_of, invite_crew
from tests.support.killing.state import copy_database
from tests.support.label_configs import SENTIMENT
from tests.support.loop_model import Model
from tests.support.serving import serving
from tests.support.studio_fixtures import VENV
from tests.support.summaries import TOLD

pytestmark = [pytest.mark.studio, pytest.mark.slow, pytest.mark.timeout(2400)]

TASKS, SURE = int(os.environ.get("CHAOS_TASKS", "60")), 0.75
POLICY = {"pilot": 30, "target_error": 0.2, "blind_share": 0.5, "max_votes": 2, "batch": 40}
SIZES = Tunables(round_least=40, predicted_tasks=100, recorded_writes=20)
SEED = int(os.environ.get("CHAOS_SEED", "14"))


@pytest.fixture
def server(new_studio_folder: Callable[[], Path]) -> Iterator[LabelStudioServer]:
    """A Label Studio that may be killed."""
    with LabelStudioServer(VENV, new_studio_folder()) as running:
        yield running


@pytest.fixture
def model() -> Iterator[Model]:
    """A model that is sure of most texts, and as often right as it says."""
    scripted = Model()
    with serving(scripted.script) as scripted.url:
        yield scripted


@pytest.fixture
def crew(server: LabelStudioServer, model: Model) -> Crew:
    """Three people who know the truth, which the model does not."""
    draw, truth = random.Random(SEED), {}
    for number in range(TASKS):
        text, is_sure = f"Text {number}", draw.random() < SURE
        confidence = round(draw.uniform(0.94, 0.995) if is_sure else draw.uniform(0.5, 0.75), 4)
        truth[text] = draw.choice(list(OTHER))
        is_right = draw.random() < confidence
        model.confidences[text] = confidence
        model.answers[text] = truth[text] if is_right else OTHER[truth[text]]
    return invite_crew(server, truth)


def told_of(campaign: Campaign) -> str:
    """What struck a campaign, and how its passes ended."""
    struck = campaign.faults.struck
    return "\n".join(
        [
            f"{TASKS} tasks, seed {SEED}",
            f"{struck.total()} faults, of which {campaign.swallowed} ended no pass:",
            *(f"{count:5} {point}: {kind}" for (point, kind), count in sorted(struck.items())),
            f"{campaign.outcomes.total()} passes: {dict(campaign.outcomes)}",
            f"What people did: {dict(campaign.crew.acts)}",
        ]
    )


def test_faults_lose_nothing_double_nothing_and_change_no_label(
    server: LabelStudioServer,
    model: Model,
    crew: Crew,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    admin = Studio(server.url, server.token)
    project = admin.create_project("Chaos", SENTIMENT).id
    Studio(server.url, server.token, project).import_tasks([{"text": one} for one in crew.truth])
    database, kept = server.data_dir / "label_studio.sqlite3", tmp_path / "kept.sqlite3"
    copy_database(database, kept)

    def new_campaign(ledger: str) -> Campaign:
        return campaign_of(server, model, crew, project, tmp_path / ledger, POLICY, SIZES, SEED)

    undisturbed = new_campaign("undisturbed.sqlite3")
    with undisturbed.open():
        rounds = undisturbed.run()
    expected = end_of(undisturbed.loop)
    undisturbed.loop.ledger.close()
    assert expected["certificates"]

    copy_database(kept, database)
    disturbed = new_campaign("disturbed.sqlite3")
    try:
        with disturbed.open():
            disturbed.run(TASKS, rounds, kills=4)
    finally:
        record_property(TOLD, told_of(disturbed))
    ended = end_of(disturbed.loop)
    disturbed.loop.ledger.close()

    assert not disturbed.unforeseen, disturbed.unforeseen[0]
    assert disturbed.faults.struck.total() >= TASKS
    assert ended.keys() == expected.keys()
    assert unlike(ended, expected) == {}
    assert disturbed.crew.acts == undisturbed.crew.acts
