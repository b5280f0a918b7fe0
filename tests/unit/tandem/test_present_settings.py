"""`tandem settings`: what each setting is, where it is set, and what it means; never a key."""

from pathlib import Path

import pytest

from labeling.settings.reference import settings_by_place
from labeling.settings.settings import KEYS_FILE
from tests.support.commands import tandem, the_line, the_object

pytestmark = pytest.mark.usefixtures("empty_folder")


@pytest.fixture(autouse=True)
def some_settings(empty_folder: None) -> None:  # noqa: ARG001 - made in the empty folder
    Path("tandem.yaml").write_text(
        "policy:\n  votes: 2\nreviewers:\n- email: ada@example.org\n"
        "ledger: postgresql://me:hush@host/db\ncontrols: {topic: {agreement: 0.7}}\n"
    )
    KEYS_FILE.write_text("LABEL_STUDIO_API_KEY=hush\nTANDEM_MODEL__NAME=hub/model\n")
    KEYS_FILE.chmod(0o600)


def test_all_are_listed_with_their_meaning_and_no_key() -> None:
    result = tandem("settings")

    assert result.exit_code == 0
    for setting in settings_by_place().values():
        assert " ".join(setting.meaning.replace("`", "").split()) in result.stdout
    assert "  votes: 2  (tandem.yaml:2; default 1)" in result.stdout
    assert "  name: hub/model  (.tandem.env:2; default bundled)" in result.stdout
    assert "  max_votes: 5\n" in result.stdout
    assert "  email: [ada@example.org]  (tandem.yaml:4)" in result.stdout
    assert "  agreement: {topic: 0.7}  (tandem.yaml:6)" in result.stdout
    assert "hush" not in result.output


def test_one_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_POLICY__VOTES", "3")

    said = tandem("settings", "policy.votes").stdout

    assert said == tandem("settings", "votes").stdout
    assert "policy.votes: People that a reviewed item is given to at first." in said
    assert "3  (TANDEM_POLICY__VOTES)" in said
    assert "whole number, at least 1" in said


def test_a_section_is_listed_alone() -> None:
    names = [one["name"] for one in the_object(tandem("settings", "bulk", "--json"))["settings"]]

    assert names == ["bulk.workers", "bulk.cpus", "bulk.gpus"]


def test_a_script_gets_value_origin_and_default_and_no_key() -> None:
    result = tandem("settings", "--json")
    found = {one["name"]: one for one in the_object(result)["settings"]}

    assert found["policy.votes"]["value"] == 2
    assert found["policy.votes"]["origin"] == "tandem.yaml:2"
    assert found["policy.votes"]["default"] == 1
    assert found["policy.risk"]["origin"] is None
    assert found["studio.api_key"]["value"] == "***"
    assert found["ledger"]["value"] == "postgresql://me:***@host/db"
    assert "hush" not in result.output


def test_a_name_that_is_none_is_told_with_what_may_have_been_meant() -> None:
    result = tandem("settings", "policy.vots")

    assert result.exit_code == 1
    assert "There is no setting policy.vots. Did you mean policy.votes?" in the_line(result)


def test_what_is_wrong_is_told_a_line_each_whatever_the_command() -> None:
    Path("tandem.yaml").write_text("policy:\n  votess: 2\n  risk: 3\n")

    for name in ("settings", "status", "doctor"):
        result = tandem(name, "--json")
        assert result.exit_code == 1
        lines = result.stderr.splitlines()
        assert [line.partition(": ")[0] for line in lines] == ["tandem", "tandem"]
        assert the_object(result)["error"].splitlines() == [
            line.removeprefix("tandem: ") for line in lines
        ]


def test_a_folder_without_settings_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("tandem.yaml").unlink()
    for name in ("status", "sync", "doctor", "export", "plan"):
        assert "There is no tandem.yaml here" in the_line(tandem(name))
        assert "`tandem init`" in the_line(tandem(name))

    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("TANDEM_STUDIO__PROJECT", "1")
    assert "does not answer" in the_line(tandem("status"))
