"""Label Studio killed, or cut off, in mid-pass: one line, and the next pass ends as if undisturbed.

Here it stores the predictions of a call ten at a time, as it does where its feature flag is set.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.chaos.campaign import Campaign
from tests.support.chaos.database import count, hold_predictions, let_predictions_go, twice
from tests.support.chaos.end import end_of, unlike
from tests.support.chaos.projects import campaign_of, invite_crew
from tests.support.killing.points import REQUESTS
from tests.support.killing.state import copy_database
from tests.support.label_configs import SENTIMENT
from tests.support.loop_model import Model
from tests.support.serving import serving
from tests.support.studio_fixtures import VENV

pytestmark = [pytest.mark.studio, pytest.mark.slow]

TASKS, AT_A_TIME = 40, 10
IN_PARTS = {
    "fflag_fix_back_4620_memory_efficient_predictions_import_08012025_short": "true",
    "PREDICTION_IMPORT_BATCH_SIZE": str(AT_A_TIME),
}
POLICY = {"pilot": 10, "target_error": 0.1}


@pytest.fixture(scope="module")
def server(new_studio_folder: Callable[[], Path]) -> Iterator[LabelStudioServer]:
    """A Label Studio that may be killed."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in IN_PARTS.items():
            patch.setenv(name, value)
        with LabelStudioServer(VENV, new_studio_folder()) as running:
            yield running


@pytest.fixture(scope="module")
def new_campaign(
    server: LabelStudioServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Campaign]]:
    """Makes campaigns about the same project of 40 tasks, with nothing done yet."""
    folder, model = tmp_path_factory.mktemp("killed"), Model()
    crew = invite_crew(server, {f"Text {number}": "positive" for number in range(TASKS)})
    project = Studio(server.url, server.token).create_project("Killed", SENTIMENT).id
    Studio(server.url, server.token, project).import_tasks([{"text": one} for one in crew.truth])
    database = server.data_dir / "label_studio.sqlite3"
    copy_database(database, folder / "kept.sqlite3")
    made: list[Campaign] = []

    def make() -> Campaign:
        copy_database(folder / "kept.sqlite3", database)
        ledger = folder / f"ledger-{len(made)}.sqlite3"
        made.append(campaign_of(server, model, crew, project, ledger, POLICY))
        return made[-1]

    with serving(model.script) as model.url:
        yield make
    for campaign in made:
        campaign.loop.ledger.close()


@pytest.fixture(scope="module")
def expected(new_campaign: Callable[[], Campaign]) -> Mapping[str, Any]:
    """Where a pass comes to that nothing disturbs."""
    campaign = new_campaign()
    with campaign.open():
        campaign.make_pass(struck=False)
    return end_of(campaign.loop)


def asks_for(written: str) -> Callable[[str, str], bool]:
    """Tell by method and path whether a request writes that."""

    def is_it(method: str, path: str) -> bool:
        below = re.sub("[0-9]+", "N", path.partition("?")[0])
        return REQUESTS.get(f"{method} {below}") == written

    return is_it


@pytest.mark.parametrize(
    "written",
    ["predictions", "a new project", "tasks of a project", "a new tab"],
)
def test_label_studio_is_killed_as_it_is_told_to_store_and_the_next_pass_goes_on(
    server: LabelStudioServer,
    new_campaign: Callable[[], Campaign],
    expected: Mapping[str, Any],
    written: str,
) -> None:
    campaign = new_campaign()
    with campaign.open():
        outcome = campaign.make_pass_killing_studio(asks_for(written))
        insist_on_one_line(campaign, outcome)
        campaign.make_pass(struck=False)
    insist_on_end(campaign, server, expected)


@pytest.mark.parametrize("stored", [AT_A_TIME * 2, TASKS], ids=["some", "all"])
def test_label_studio_is_killed_with_predictions_stored_that_it_never_told_of(
    server: LabelStudioServer,
    new_campaign: Callable[[], Campaign],
    expected: Mapping[str, Any],
    stored: int,
) -> None:
    campaign, database = new_campaign(), server.data_dir / "label_studio.sqlite3"
    hold_predictions(database, AT_A_TIME * 2)
    with campaign.open():
        outcome = campaign.make_pass_killing_studio(
            asks_for("predictions"), lambda: count(database, "prediction") >= stored
        )
        insist_on_one_line(campaign, outcome)
        assert count(database, "prediction") == stored
        let_predictions_go(database)
        campaign.make_pass(struck=False)
    insist_on_end(campaign, server, expected)


def test_label_studio_goes_on_storing_predictions_though_nobody_waits_for_its_answer(
    server: LabelStudioServer, new_campaign: Callable[[], Campaign], expected: Mapping[str, Any]
) -> None:
    campaign, database = new_campaign(), server.data_dir / "label_studio.sqlite3"
    hold_predictions(database, AT_A_TIME * 2)
    with campaign.open():
        outcome = campaign.make_pass_cutting(asks_for("predictions"))
        insist_on_one_line(campaign, outcome)
        assert count(database, "prediction") < TASKS
        campaign.make_pass(struck=False)
    insist_on_end(campaign, server, expected)


@pytest.mark.parametrize("written", ["tasks of a project", "a new tab"])
def test_what_label_studio_did_and_could_not_tell_is_not_done_again(
    server: LabelStudioServer,
    new_campaign: Callable[[], Campaign],
    expected: Mapping[str, Any],
    written: str,
) -> None:
    campaign = new_campaign()
    with campaign.open():
        outcome = campaign.make_pass_cutting(asks_for(written), "reset after the write")
        insist_on_one_line(campaign, outcome)
        campaign.make_pass(struck=False)
    insist_on_end(campaign, server, expected)


def insist_on_one_line(campaign: Campaign, outcome: str) -> None:
    """Insist that a pass ended with one line about Label Studio."""
    assert outcome == "ended in one line", campaign.unforeseen
    [line] = campaign.lines
    assert line.startswith("Label Studio does not answer"), line


def insist_on_end(
    campaign: Campaign, server: LabelStudioServer, expected: Mapping[str, Any]
) -> None:
    """Insist that a campaign came to an end, and that nothing is there twice."""
    assert twice(server.data_dir / "label_studio.sqlite3") == {}
    ended = end_of(campaign.loop)
    assert ended.keys() == expected.keys()
    assert unlike(ended, expected) == {}
