"""A second folder, or a lost ledger, never begins a project anew, and says who keeps it."""

import pytest

from labeling.errors import ForeignLedger
from routing.ownership import mark
from routing.ownership.guard import WAY_OUT
from routing.snapshot.observe import observe
from tests.integration.studio.conftest import Elsewhere, NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.loops import Loop

pytestmark = [pytest.mark.studio, pytest.mark.usefixtures("no_look_back")]


def test_the_project_names_the_one_ledger_that_may_work_on_it(
    new_loop: NewLoop, elsewhere: Elsewhere
) -> None:
    loop = new_loop(*[0.6] * 4, pilot=2)
    loop.studio.update_project(description="Moods of letters.")
    loop.sync()
    ours = loop.ledger.identity()
    assert ours
    blind = blind_project_of(loop)
    told = loop.studio.project().description
    assert told.startswith("Moods of letters.\n\n")
    assert mark.find(told) == mark.find(blind.studio.project().description) == ours

    stranger = elsewhere(loop)
    line = refusal(stranger)
    assert f"kept by another ledger, {ours.id}, since {ours.since}" in line
    assert "elsewhere-0.sqlite3" in line
    assert WAY_OUT in line

    # The mark is written anew where somebody took it away, and the blind project bears it too.
    loop.studio.update_project(description="Moods of letters.")
    assert refusal(stranger) == line
    loop.sync()
    assert loop.studio.project().description == told
    assert loop.sync().changes == []

    # Without any mark the blind project itself gives the other ledger away.
    for one in (loop, blind):
        words = mark.marked(one.studio.project().description, None)
        one.studio.update_project(description=words)
    assert f"its blind project {blind.studio.project_id}" in refusal(elsewhere(loop))


def test_what_the_model_left_gives_the_other_ledger_away(
    new_loop: NewLoop, elsewhere: Elsewhere
) -> None:
    loop = new_loop(0.9, 0.5)
    loop.sync()
    loop.studio.update_project(description="")
    assert "2 predictions of Tandem's" in refusal(elsewhere(loop))


def refusal(loop: Loop) -> str:
    """The one line that every command is refused with, whether it writes or only looks."""
    with pytest.raises(ForeignLedger) as looking:
        observe(loop.studio, loop.ledger, loop.settings, dry_run=True)
    with pytest.raises(ForeignLedger) as writing:
        loop.sync()
    assert str(looking.value) == str(writing.value)
    return str(looking.value)
