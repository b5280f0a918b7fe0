"""A session: one process at a time works on a project, and what is missing is told."""

from pathlib import Path

import pytest

from labeling.errors import Busy, SettingsError
from labeling.settings.settings import Settings
from tandem.session import Session, open_session


def session_of(folder: Path, project: int | None = 3, key: str | None = "a" * 40) -> Session:
    studio = {"project": project, "api_key": key}
    return open_session(Settings.model_validate({"studio": studio, "data_dir": folder}))


def test_two_passes_at_once_are_refused(tmp_path: Path) -> None:
    first, second = session_of(tmp_path), session_of(tmp_path)
    with (
        first.alone(),
        pytest.raises(Busy, match="Another tandem is at work on project 3"),
        second.alone(),
    ):
        pass


def test_one_after_the_other_may_work_and_so_may_those_on_other_projects(tmp_path: Path) -> None:
    session = session_of(tmp_path)
    with session.alone(), session_of(tmp_path, project=4).alone():
        pass
    with session.alone():
        pass


def test_what_failed_inside_is_told_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="inside"), session_of(tmp_path).alone():
        raise ValueError("inside")


@pytest.mark.parametrize(
    ("missing", "said"), [({"key": None}, "no key"), ({"project": None}, "No project")]
)
def test_what_is_missing_is_told(tmp_path: Path, missing: dict[str, None], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        session_of(tmp_path, **missing)
