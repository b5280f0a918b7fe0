"""What is asked of an edition with the assignments API, which none of the tests can run."""

from typing import Any

from routing.studio import Studio
from tests.support.serving import Reply, as_json, serving


def test_the_edition_is_told_and_tasks_are_assigned_as_its_api_says() -> None:
    assigned = []

    def script(method: str, path: str, body: Any, _: str | None) -> Reply:
        if path == "/api/version/":
            return as_json({"release": "2.30.0", "edition": "Enterprise"})
        assigned.append((method, path, body))
        return as_json({"async_": False})

    with serving(script) as url:
        studio = Studio(url, "f" * 40, 7)
        assert studio.version().edition == "enterprise"
        studio.assign([1, 2], [5])
        studio.unassign(2, [5, 6])
    (method, path, body), (verb, place, _) = assigned
    assert (method, path.rstrip("/")) == ("POST", "/api/projects/7/tasks/assignees")
    assert body["selectedItems"] == {"all": False, "included": [1, 2]}
    assert (body["type"], body["users"]) == ("AN", [5])
    assert (verb, place) == ("DELETE", "/api/projects/7/tasks/2/assignees?type=AN&users=5%2C6")
