"""Which versions are kept, and which need not be."""

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from backend.versions.retention import kept
from labeling.protocol.models import ModelVersion
from tests.support.fitted_versions import entry


@st.composite
def registers(draw: st.DrawFn) -> list[ModelVersion]:
    """Versions as they come to be: put in force, beaten, or used by an admin."""
    versions: list[ModelVersion] = []
    for number in range(draw(st.integers(1, 20))):
        name = f"m-{number}"
        present = next((one for one in versions if one.status == "in force"), None)
        match draw(st.sampled_from(["won", "lost", "used"])) if present else "won":
            case "lost" if present:
                versions.append(entry(name, status="beaten", by=present.name))
            case "used" if present:
                used = draw(st.sampled_from(versions)).name
                if used != present.name:
                    versions = [_moved(one, "rolled back", used) for one in versions]
                    change = {"status": "in force", "by": None}
                    versions = [
                        one.model_copy(update=change) if one.name == used else one
                        for one in versions
                    ]
            case _:
                versions = [_moved(one, "superseded", name) for one in versions]
                versions.append(entry(name))
    return versions


def _moved(one: ModelVersion, status: str, by: str) -> ModelVersion:
    if one.status != "in force":
        return one
    return one.model_copy(update={"status": status, "by": by})


def names(versions: Sequence[ModelVersion]) -> list[str]:
    return [one.name for one in versions]


@given(registers(), st.integers(1, 5))
def test_what_answers_and_what_an_admin_decided_about_is_always_kept(
    versions: list[ModelVersion], most: int
) -> None:
    left = {*names(kept(versions, most))}
    taken_back = [one for one in versions if one.status == "rolled back"]
    assert {one.name for one in versions if one.status == "in force"} <= left
    assert {*names(taken_back)} <= left
    assert {one.by for one in taken_back} <= left


@given(registers(), st.integers(1, 5))
def test_of_the_others_so_many_of_each_kind_are_kept_and_the_latest(
    versions: list[ModelVersion], most: int
) -> None:
    left = kept(versions, most)
    by_an_admin = {one.by for one in versions if one.status == "rolled back"}
    for status in ("superseded", "beaten"):
        others = [
            one.name for one in versions if one.status == status and one.name not in by_an_admin
        ]
        assert [name for name in names(left) if name in others] == others[-most:]


@given(registers(), st.integers(1, 5))
def test_they_stay_as_they_are_and_in_their_order(versions: list[ModelVersion], most: int) -> None:
    left = kept(versions, most)
    assert left == [one for one in versions if one in left]
    assert kept(left, most) == left
    assert Counter(names(left)).most_common(1)[0][1] == 1


def test_challengers_that_lost_take_no_room_of_what_was_in_force() -> None:
    versions = [
        entry("m-old", status="superseded", by="m-new"),
        entry("m-new"),
        *(entry(f"m-{number}", status="beaten", by="m-new") for number in range(5)),
    ]
    assert names(kept(versions, 1)) == ["m-old", "m-new", "m-4"]
