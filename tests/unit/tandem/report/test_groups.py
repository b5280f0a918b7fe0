"""The promise by groups, in the report and on the page."""

from dataclasses import replace

import pytest

from routing.guarantee.group_bounds import OTHERS
from tandem.export.outcome import ProjectOutcome, conclude, report_of
from tandem.report import render
from tandem.report.groups import by_length
from tests.support.report_pages import Page
from tests.support.snapshots import in_audit, piloted, snapshot_of

SHOPS = {task: "north" if task % 3 else "south" for task in range(1, 401)}


def certified() -> ProjectOutcome:
    """A project whose promise is certified, of texts of many lengths."""
    state = in_audit(400, None)
    return conclude(snapshot_of(replace(state, texts={task: "x" * task for task in state.tasks})))


def test_each_frozen_population_is_looked_at_by_label_length_and_field() -> None:
    outcome = certified()
    found = {one.by: one for one in report_of(outcome, fields={"shop": SHOPS}).groups}
    assert list(found) == ["label", "length", "shop"]
    assert {one.group: one.size for one in found["shop"].groups} == {"north": 267, "south": 133}
    lengths = [one.group for one in found["length"].groups]
    assert lengths == ["up to 134 characters", "135 to 267 characters", "over 267 characters"]
    labels = {one.group: one for one in found["label"].groups}
    assert labels["positive"].left > 0
    assert labels[OTHERS].left == 0, "the few negative ones are people's"
    assert labels["positive"].bound == 40, "it is all that the promise of the 400 is about"


def test_without_a_frozen_population_there_is_nothing_to_promise_of_groups() -> None:
    report = report_of(conclude(snapshot_of(piloted(40))))
    assert report.groups == ()
    assert "groups" not in Page(render(report)).sections


def test_the_page_has_a_table_for_each_kind_of_groups() -> None:
    section = Page(render(report_of(certified(), fields={"<shop>": SHOPS}))).sections["groups"]
    for words in ("By label", "By length", "By <shop>", "north 267", "south 133"):
        assert words in section


@pytest.mark.parametrize(
    ("texts", "groups"),
    [
        (
            {1: "a", 2: "bb", 3: "ccc"},
            ["up to 1 characters", "2 to 2 characters", "over 2 characters"],
        ),
        ({1: "a", 2: "a", 3: None}, ["up to 1 characters"] * 2),
        ({}, []),
    ],
)
def test_texts_are_grouped_in_thirds_of_their_lengths(
    texts: dict[int, str | None], groups: list[str]
) -> None:
    assert list(by_length(texts).values()) == groups
