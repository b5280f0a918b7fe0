"""`tandem init` on the command line: asks, takes what it is given, replaces nothing unasked."""

import stat
import subprocess
from pathlib import Path

import pytest

from labeling.settings.load import load
from labeling.settings.settings import KEYS_FILE, SETTINGS_FILE
from tandem.servers.label_studio import LabelStudioServer
from tests.support.commands import KEY, process, settle, tandem, the_line
from tests.support.studio_fixtures import NewStudioProject

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_init_writes_files_that_load_reads(tmp_path: Path) -> None:
    words = ["--url", "http://studio", "--key", KEY, "--project", "7", "--backend", "http://gpu:9"]
    reviewers = ["--reviewer", "ada@localhost", "--reviewer", "bob@localhost"]
    result = tandem("init", "--yes", *words, *reviewers)
    assert result.exit_code == 0
    assert "tandem doctor" in result.stdout
    assert KEY not in result.output
    assert KEY not in SETTINGS_FILE.read_text()
    assert stat.S_IMODE((tmp_path / KEYS_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / SETTINGS_FILE).stat().st_mode) & 0o600 == 0o600
    settings = load()
    assert (settings.studio.url, settings.studio.project) == ("http://studio", 7)
    assert settings.studio.api_key is not None
    assert settings.studio.api_key.get_secret_value() == KEY
    assert settings.backend.url == "http://gpu:9"
    assert [one.email for one in settings.reviewers] == ["ada@localhost", "bob@localhost"]


def test_init_takes_address_and_key_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://studio")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", KEY)
    assert tandem("init", "--yes", "--project", "7").exit_code == 0
    monkeypatch.delenv("LABEL_STUDIO_URL")
    monkeypatch.delenv("LABEL_STUDIO_API_KEY")
    studio = load().studio
    assert studio.url == "http://studio"
    assert studio.api_key is not None
    assert studio.api_key.get_secret_value() == KEY


@pytest.mark.parametrize(
    ("words", "hint"), [(["--project", "7"], "--key"), (["--key", KEY], "--project")]
)
def test_init_that_may_not_ask_says_what_is_missing(
    tmp_path: Path, words: list[str], hint: str
) -> None:
    result = tandem("init", "--yes", *words)
    assert result.exit_code == 1
    assert hint in the_line(result)
    assert list(tmp_path.iterdir()) == []


def test_init_replaces_nothing_unless_forced() -> None:
    settle(project=1)
    words = ["init", "--yes", "--key", KEY, "--project", "2"]
    refused = tandem(*words)
    assert refused.exit_code == 1
    assert "--force" in the_line(refused)
    assert load().studio.project == 1
    assert tandem(*words, "--force").exit_code == 0
    assert load().studio.project == 2


def test_init_that_nobody_answers_ends_without_a_traceback() -> None:
    result = process("init", stdin=subprocess.DEVNULL)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


@pytest.mark.studio
def test_init_asks_for_what_is_missing_and_hides_the_key(
    label_studio: LabelStudioServer, studio_project: NewStudioProject
) -> None:
    project = studio_project(2)
    answers = [label_studio.url, label_studio.pat, str(project), "", "ada@localhost, bob@localhost"]
    result = tandem("init", typed="\n".join([*answers, ""]))
    assert result.exit_code == 0
    assert f"{project}: Test (2 tasks)" in result.stdout
    assert label_studio.pat not in result.output
    settings = load()
    assert (settings.studio.url, settings.studio.project) == (label_studio.url, project)
    assert [one.email for one in settings.reviewers] == ["ada@localhost", "bob@localhost"]
