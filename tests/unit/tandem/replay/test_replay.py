"""The command `tandem replay`: every way to label, measured, told and drawn."""

from pathlib import Path

import pytest

from labeling.settings.settings import Settings
from tandem.replay.page import render
from tandem.replay.replay import Replay, replay
from tandem.replay.summary import promises_in_words, votes_table
from tests.support.commands import tandem, the_line, the_object
from tests.support.recorded_folder import write_folder
from tests.support.report_pages import Page


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_LEARNING", '{"embedding": null}')
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    folder = tmp_path_factory.mktemp("replay")
    settings = Settings.model_validate(
        {"learning": {"embedding": None}, "policy": {"target_error": 0.15}}
    )
    return replay(write_folder(folder / "the <crowd>"), settings, folder)


def test_all_ways_are_compared_at_what_they_cost(outcome: Replay) -> None:
    model, people, everything, hybrid = outcome.comparison
    assert model.human_labels == model.hours == 0
    assert everything.human_labels == 399
    assert hybrid.human_labels == outcome.campaign.curve.end.labels
    assert people.human_labels <= hybrid.human_labels < everything.human_labels
    assert model.accuracy < hybrid.accuracy
    assert hybrid.cost > people.cost


def test_people_alone_stand_there_at_every_number_of_votes(outcome: Replay) -> None:
    rows = votes_table(outcome)
    assert [one.votes for one in rows] == [1, 2, 3, 4, 5]
    assert [one.labels for one in rows] == [80, 160, 240, 320, 399]
    assert all(len(one.accuracies) == len(outcome.people) for one in rows)


def test_it_says_whether_the_promise_was_kept(outcome: Replay) -> None:
    [sentence] = promises_in_words(outcome)
    assert sentence.startswith("Promise 1: of 80 labels, 12 may differ")
    assert ": kept, certified after" in sentence


def test_the_page_is_whole_and_no_name_can_break_it(outcome: Replay) -> None:
    html = render(outcome)
    page = Page(html)
    assert "<crowd>" not in html
    assert sorted(page.sections) == ["accuracy", "comparison", "people", "promise"]
    assert f"{outcome.comparison[-1].accuracy:.1%}" in page.sections["comparison"]
    assert len([*page.all("polyline")]) == len(outcome.people) + 1
    assert not [*page.all("script")]


def test_the_command_writes_the_page_and_one_object(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "crowd")
    told = the_object(
        tandem("replay", str(folder), "--target-error", "0.15", "--budget", "90", "--json")
    )
    assert told["tandem"][-1]["labels"] == 90
    assert {"comparison", "people", "promises", "best_people"} <= told.keys()
    assert Path(told["file"]).read_text().startswith("<!doctype html>")


def test_a_folder_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    result = tandem("replay", str(tmp_path))
    assert result.exit_code == 1
    assert "There is no crowd.csv" in the_line(result)
