"""Texts and pictures in cloud storage: people see them in the blind project as in the main one."""

from typing import Any

import httpx
import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.loops import Person
from tests.support.serving import Reply, serving

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
WITH_A_LETTER = """
<View>
  <Text name="text" value="$text"/>
  <Text name="letter" value="$letter" valueType="url"/>
  <Choices name="sentiment" toName="text" choice="single" required="true">
    <Choice value="positive"/>
    <Choice value="negative"/>
  </Choices>
</View>
"""


def bucket(method: str, path: str, _body: Any, _authorization: str | None) -> Reply:
    """What S3 answers of a bucket `letters`, as far as Label Studio asks."""
    is_asked_for = method == "GET" and path.endswith(".txt")
    return 200, {"Content-Type": "text/plain"}, f"This is {path}".encode() if is_asked_for else b""


def test_what_lies_in_a_storage_is_fetched_by_way_of_the_main_project(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    loop = new_loop(pilot=2)
    loop.studio.update_project(label_config=WITH_A_LETTER)
    texts = [{"text": f"Text {n}", "letter": f"s3://letters/{n}.txt"} for n in range(2)]
    with serving(bucket) as address:
        storage = {
            "project": loop.studio.project_id,
            "bucket": "letters",
            "s3_endpoint": address,
            "region_name": "us-east-1",
            "aws_access_key_id": "key",
            "aws_secret_access_key": "secret",
            "presign": False,
        }
        raw.post("/api/storages/s3/", json=storage).raise_for_status()
        loop.studio.import_tasks(texts)
        loop.sync()
        shown = [dict(one.data) for one in blind_project_of(loop).studio.tasks()]
        person, *_ = people
        read = [
            httpx.get(one["letter"], headers={"Authorization": f"Token {person.token}"}).text
            for one in shown
        ]
    assert read == ["This is /letters/0.txt", "This is /letters/1.txt"]
    assert [one["text"] for one in shown] == ["Text 0", "Text 1"]
    assert [one.data for one in loop.studio.tasks()] == texts
    loop.answer_all("negative", *people)
    loop.sync()
    assert len(loop.answers.votes) == 2
