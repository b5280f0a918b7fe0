"""Settings: file, keys and environment, each refused with one line where it cannot be used."""

from pathlib import Path

import pytest

from labeling.errors import SettingsError
from labeling.settings.settings import KEYS_FILE, load


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_needs_to_be_set() -> None:
    assert load(environment={}).model.name == "bundled"


def test_the_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text("studio: {project: 7}\nreviewers:\n  - email: a@example.org\n")

    settings = load(environment={})

    assert settings.studio.project == 7
    assert settings.reviewers[0].capacity > 0


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tandem.yaml").write_text("policy: {votes: 2}\n")
    monkeypatch.setenv("TANDEM_POLICY__VOTES", "3")

    assert load(environment={}).policy.votes == 3


def test_a_key_comes_from_the_environment_and_is_never_shown() -> None:
    settings = load(environment={"LABEL_STUDIO_API_KEY": "hush"})

    assert settings.studio.api_key is not None
    assert settings.studio.api_key.get_secret_value() == "hush"
    assert "hush" not in repr(settings)


def test_a_key_comes_from_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / KEYS_FILE
    file.write_text("# keys\nLABEL_STUDIO_API_KEY=hush\n")
    file.chmod(0o600)

    key = load(environment={}).studio.api_key

    assert key is not None
    assert key.get_secret_value() == "hush"


def test_a_keys_file_that_others_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / KEYS_FILE
    file.write_text("LABEL_STUDIO_API_KEY=hush\n")
    file.chmod(0o644)

    with pytest.raises(SettingsError, match="chmod 600"):
        load(environment={})


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("studio: {api_key: hush}", "does not belong"),
        ("policy: {votess: 2}", "policy.votess"),
        ("policy: {votes: many}", "policy.votes"),
        ("policy: {blind_share: 2}", "policy.blind_share"),
        ("confidence: {methods: [guess]}", "confidence.methods.0: .*'label-logprob'.*'margin'"),
        ("confidence: {methods: []}", "confidence.methods"),
        ("confidence: {methods: [margin, margin]}", "named once"),
        ("studio: [", "not YAML"),
        ("- a list", "sections"),
        ("studio: text", "sections"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text(content)

    with pytest.raises(SettingsError, match=complaint) as refusal:
        load(file, environment={})

    assert "\n" not in str(refusal.value)
    assert "hush" not in str(refusal.value)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="tandem init"):
        load(tmp_path / "other.yaml", environment={})
