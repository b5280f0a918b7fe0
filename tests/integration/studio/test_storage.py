"""What lies in cloud storage: people see it in the blind project as in the main one."""

from typing import Any

import httpx
import pytest

from tests.integration.studio.conftest import NewLoop
from tests.support.blind_projects import blind_project_of
from tests.support.loops import Person
from tests.support.serving import Reply, serving

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
WITH_A_PICTURE = """
<View>
  <Text name="text" value="$text"/>
  <Image name="picture" value="$picture"/>
  <Choices name="sentiment" toName="text" choice="single" required="true">
    <Choice value="positive"/>
    <Choice value="negative"/>
  </Choices>
</View>
"""


def bucket(method: str, path: str, _body: Any, _authorization: str | None) -> Reply:
    """What S3 answers of a bucket `pictures`, as far as Label Studio asks."""
    is_asked_for = method == "GET" and path.endswith(".png")
    return 200, {"Content-Type": "image/png"}, f"This is {path}".encode() if is_asked_for else b""


def test_what_lies_in_a_storage_is_fetched_by_way_of_the_main_project(
    new_loop: NewLoop, people: People, raw: httpx.Client
) -> None:
    loop = new_loop(pilot=2)
    loop.studio.update_project(label_config=WITH_A_PICTURE)
    tasks = [{"text": f"Text {n}", "picture": f"s3://pictures/{n}.png"} for n in range(2)]
    with serving(bucket) as address:
        storage = {
            "project": loop.studio.project_id,
            "bucket": "pictures",
            "s3_endpoint": address,
            "region_name": "us-east-1",
            "aws_access_key_id": "key",
            "aws_secret_access_key": "secret",
            "presign": False,
        }
        raw.post("/api/storages/s3/", json=storage).raise_for_status()
        loop.studio.import_tasks(tasks)
        loop.sync()
        shown = [dict(one.data) for one in blind_project_of(loop).studio.tasks()]
        person, *_ = people
        read = [
            httpx.get(one["picture"], headers={"Authorization": f"Token {person.token}"}).text
            for one in shown
        ]
    assert read == ["This is /pictures/0.png", "This is /pictures/1.png"]
    assert [one["text"] for one in shown] == ["Text 0", "Text 1"]
    assert [one.data for one in loop.studio.tasks()] == tasks
    loop.answer_all("negative", *people)
    loop.sync()
    assert len(loop.answers.votes) == 2
