"""Label Studio killed in mid-pass and back: one line, and the next pass ends as if undisturbed."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tests.support.chaos.campaign import Campaign
from tests.support.chaos.database import count, twice
from tests.support.chaos.end import end_of
from tests.support.chaos.projects import campaign_of, invite_crew
from tests.support.killing.points import REQUESTS
from tests.support.killing.state import copy_database
from tests.support.label_configs import SENTIMENT
from tests.support.loop_model import Model
from tests.support.serving import serving
from tests.support.studio_fixtures import VENV

pytestmark = [pytest.mark.studio, pytest.mark.slow]

TASKS = 40
POLICY = {"pilot": 10, "target_error": 0.1}


@pytest.fixture(scope="module")
def server(new_studio_folder: Callable[[], Path]) -> Iterator[LabelStudioServer]:
    """A Label Studio that may be killed."""
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
    ("written", "is_begun"),
    [
        ("predictions", False),
        ("predictions", True),
        ("the blind project", False),
        ("tasks of the blind project", False),
        ("a new tab", False),
    ],
    ids=lambda told: {False: "at once", True: "when some are stored"}.get(told, told),
)
def test_label_studio_is_killed_while_it_stores_and_the_next_pass_goes_on(
    server: LabelStudioServer,
    new_campaign: Callable[[], Campaign],
    expected: Mapping[str, Any],
    written: str,
    is_begun: bool,
) -> None:
    campaign, database = new_campaign(), server.data_dir / "label_studio.sqlite3"
    with campaign.open():
        outcome = campaign.make_pass_killing_studio(
            asks_for(written), lambda: not is_begun or count(database, "prediction") > 0
        )
        assert outcome == "ended in one line", campaign.unforeseen
        [line] = campaign.lines
        assert line.startswith("Label Studio does not answer"), line
        campaign.make_pass(struck=False)
    assert twice(database) == {}
    ended = end_of(campaign.loop)
    assert ended.keys() == expected.keys()
    for part, left in expected.items():
        assert ended[part] == left, part
