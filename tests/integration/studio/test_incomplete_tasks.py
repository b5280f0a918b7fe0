"""Tasks that lack a field which the page shows: they are asked as well, and hold up no other."""

from typing import Any

import pytest

from labeling.errors import StudioRefused
from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of, sources
from tests.support.label_configs import SENTIMENT
from tests.support.loops import Person
from tests.support.passes import until_rest

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
WITH_MORE = """
<View>
  <Text name="text" value="$text"/>
  <Image name="picture" value="$picture"/>
  <Video name="clip" value="$clip"/>
  <Choices name="sentiment" toName="text" choice="single">
    <Choice value="positive"/>
    <Choice value="negative"/>
  </Choices>
</View>
"""
OLDER_THAN_THE_FORM: list[dict[str, Any]] = [
    {"text": "Text 0", "picture": "/one.png", "clip": "/one.mp4"},
    {"text": "Text 1", "picture": None},
    {"text": "Text 2", "clip": 2, "note": "An older import used other columns"},
    {"text": "Text 3", "picture": {"en": "Three"}},
]


def test_label_studio_takes_all_of_them_into_the_blind_project(
    new_loop: NewLoop, people: People
) -> None:
    loop = new_loop(pilot=len(OLDER_THAN_THE_FORM))
    loop.studio.import_tasks(OLDER_THAN_THE_FORM)
    loop.studio.update_project(label_config=WITH_MORE)
    loop.sync()
    with pytest.raises(StudioRefused, match=r"data\['picture'\] is of type 'NoneType'"):
        loop.studio.import_tasks(OLDER_THAN_THE_FORM)
    shown = [dict(one.data) for one in blind_project_of(loop).studio.tasks()]
    assert [one["text"] for one in shown] == [f"Text {n}" for n in range(4)]
    assert [(one["picture"], one["clip"]) for one in shown] == [
        ("/one.png", "/one.mp4"),
        ("", ""),
        ("", "2"),
        ('{"en": "Three"}', ""),
    ]
    until_rest(loop, *people)
    assert len(loop.answers.votes) == len(OLDER_THAN_THE_FORM)
    assert [one.data for one in loop.studio.tasks()] == OLDER_THAN_THE_FORM


def test_those_that_cannot_be_read_are_named_and_asked_without_a_pre_label(
    new_loop: NewLoop, people: People
) -> None:
    loop = new_loop(pilot=9)
    loop.studio.update_project(label_config="<View></View>")
    readable: list[dict[str, Any]] = [{"text": "Text 0"}, {"text": "word " * 15_600}]
    unreadable: list[dict[str, Any]] = [
        {"body": "An older import used another column."},
        {"text": None},
        {"text": ""},
        {"text": {"en": "Text 5"}},
    ]
    loop.studio.import_tasks(readable + unreadable)
    loop.studio.update_project(label_config=SENTIMENT)
    report = loop.sync()
    *read, one, two, three, four = loop.studio.task_ids()
    assert (report.labelled, set(report.failed)) == (2, {one, two, three, four})
    assert all("'text'" in why for why in report.failed.values())
    assert sorted(sources(blind_project_of(loop))) == read
    assert loop.waiting_here(*people).keys() == {one, two, three, four}
    until_rest(loop, *people)
    assert loop.sync().failed == {}
    assert {len(votes) for votes in loop.answers.votes.values()} == {1}
    assert len(loop.answers.votes) == 6
    assert [one.data for one in loop.studio.tasks()] == readable + unreadable
