"""`tandem init` on the command line: asks, takes what it is given, replaces nothing unasked."""

import stat
import subprocess
from pathlib import Path

import pytest

from labeling.settings.load import load
from labeling.settings.settings import KEYS_FILE, SETTINGS_FILE
from routing.studio import Studio
from tandem.servers.label_studio import LabelStudioServer
from tandem.servers.process import free_port
from tests.support.commands import KEY, process, settle, tandem, the_line
from tests.support.studio_fixtures import NewStudioProject

pytestmark = pytest.mark.usefixtures("empty_folder")


def test_init_writes_files_that_load_reads(tmp_path: Path) -> None:
    words = ["--url", "http://studio", "--key", KEY, "--project", "7", "--backend", "http://gpu:9"]
    reviewers = ["--reviewer", "ada@localhost", "--reviewer", "bob@localhost"]
    result = tandem("init", "--yes", "--unchecked", *words, *reviewers)
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
    assert tandem("init", "--yes", "--unchecked", "--project", "7").exit_code == 0
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
    result = tandem("init", "--yes", "--unchecked", *words)
    assert result.exit_code == 1
    assert hint in the_line(result)
    assert list(tmp_path.iterdir()) == []


def test_init_replaces_nothing_unless_forced() -> None:
    settle(project=1)
    words = ["init", "--yes", "--unchecked", "--key", KEY, "--project", "2"]
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--target-error", "7"], "not between 0% and 100%"),
        (["--target-error", "many"], "no share"),
        (["--votes", "0"], "greater than or equal to 1"),
    ],
)
def test_init_takes_no_option_that_makes_no_sense(words: list[str], said: str) -> None:
    result = tandem("init", "--yes", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_init_says_that_nothing_answers_before_anything_is_written(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    result = tandem("init", "--yes", "--url", url, "--key", KEY, "--project", "1")
    assert result.exit_code == 1
    assert "Label Studio does not answer: Connection refused" in the_line(result)
    assert list(tmp_path.iterdir()) == []


def test_init_takes_everything_as_options() -> None:
    words = ["--key", KEY, "--project", "7", "--model", "org/model", "--server", "http://gpu/v1"]
    promise = ["--target-error", "10%", "--risk", "0.1", "--votes", "2", "--pay-per-hour", "18"]
    assert tandem("init", "--yes", "--unchecked", *words, *promise).exit_code == 0
    settings = load()
    assert (settings.model.engine, settings.model.name) == ("openai", "org/model")
    assert settings.server.url == "http://gpu/v1"
    policy = settings.policy
    assert (policy.target_error, policy.risk, policy.votes) == (0.1, 0.1, 2)
    assert settings.costs.pay_per_hour == 18
    assert len(SETTINGS_FILE.read_text().splitlines()) <= 25


@pytest.mark.parametrize(("options", "template"), [([], "bare"), (["--model", "org/model"], None)])
def test_init_chooses_the_prompt_for_the_bundled_model_alone(
    options: list[str], template: str | None
) -> None:
    words = ["--yes", "--unchecked", "--key", KEY, "--project", "7", *options]
    assert tandem("init", *words).exit_code == 0
    chosen = load().prompt.template
    assert (chosen and str(chosen)) == template
    assert ("for a model this small" in SETTINGS_FILE.read_text()) == (template is not None)


@pytest.mark.studio
def test_init_asks_for_what_is_missing_and_hides_the_key(
    label_studio: LabelStudioServer, studio_project: NewStudioProject
) -> None:
    project = studio_project(2)
    users = [one.email for one in Studio(label_studio.url, label_studio.pat).users()]
    first = users.index(label_studio.email) + 1
    answers = [label_studio.url, label_studio.pat, str(project), "http://gpu:9090"]
    answers += ["4", "2", "/models/mine", str(first), "10%", "0.2", "2", "18"]
    result = tandem("init", typed="\n".join([*answers, ""]))
    assert result.exit_code == 0, result.output
    assert f"{project}: Test (2 tasks)" in result.stdout
    assert "It asks Choices 'sentiment': positive, negative" in result.stdout
    assert "1: bundled" in result.stdout
    assert "'4' is none of 1 to 3" in result.output
    assert f"<{label_studio.email}>" in result.stdout
    assert label_studio.pat not in result.output
    settings = load()
    assert (settings.studio.url, settings.studio.project) == (label_studio.url, project)
    assert (settings.backend.url, settings.model.name) == ("http://gpu:9090", "/models/mine")
    assert [one.email for one in settings.reviewers] == [label_studio.email]
    policy = settings.policy
    assert (policy.target_error, policy.risk, policy.votes) == (0.1, 0.2, 2)
    assert settings.costs.pay_per_hour == 18


@pytest.mark.studio
def test_init_refuses_what_is_not_there_in_one_line(
    label_studio: LabelStudioServer, studio_project: NewStudioProject, tmp_path: Path
) -> None:
    project = studio_project(1)
    right = {"--url": label_studio.url, "--key": label_studio.pat, "--project": str(project)}
    for wrong, said in [
        ({"--project": "999999"}, f"There is no project 999999 that {label_studio.email} sees"),
        ({"--key": "f" * 40}, "does not know the API key"),
        ({"--url": f"{label_studio.url}/label"}, "not Label Studio"),
        ({"--reviewer": "nobody@example.org"}, "nobody@example.org is no user of Label Studio"),
    ]:
        words = [word for pair in ({**right, **wrong}).items() for word in pair]
        result = tandem("init", "--yes", *words)
        assert result.exit_code == 1
        assert said in the_line(result)
        assert list(tmp_path.iterdir()) == []
    words = [word for pair in right.items() for word in pair]
    email = label_studio.email
    assert tandem("init", "--yes", *words, "--reviewer", email.upper()).exit_code == 0
    assert [one.email for one in load().reviewers] == [email]
