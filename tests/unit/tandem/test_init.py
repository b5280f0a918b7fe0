"""`tandem init` writes files that say everything, load as they were answered, and keep secrets."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from labeling.errors import SettingsError
from labeling.settings.load import load
from labeling.settings.reference import sections
from labeling.settings.settings import KEYS_FILE, SECRETS, SETTINGS_FILE, Settings
from tandem.init import LIKELY, write_settings
from tandem.settings_docs import page

ROOT = Path(__file__).parents[3]

text = st.text(st.characters(exclude_categories=["Cs"]))
key = text.filter(lambda value: value.strip().splitlines() == [value])
share = st.floats(0, 1)
url = st.sampled_from(["http://localhost:8080", "https://label.example.org/prefix#1"])
answers = st.fixed_dictionaries(
    {},
    optional={
        "studio": st.fixed_dictionaries(
            {}, optional={"url": url, "project": st.none() | st.integers(), "api_key": key}
        ),
        "backend": st.fixed_dictionaries(
            {},
            optional={
                "url_for_studio": st.none() | url,
                "port": st.integers(0, 65535),
                "user": text,
                "password": key,
                "predict_budget": st.floats(1e-9, 1e12),
            },
        ),
        "model": st.fixed_dictionaries(
            {}, optional={"name": text, "device": st.sampled_from(["auto", "cpu", "cuda"])}
        ),
        "prompt": st.fixed_dictionaries({}, optional={"instruction": st.none() | text}),
        "policy": st.fixed_dictionaries(
            {}, optional={"pilot": st.none() | st.integers(0), "blind_share": share}
        ),
        "reviewers": st.lists(
            st.fixed_dictionaries({"email": text}, optional={"capacity": st.integers(0)}),
            unique_by=lambda one: str(one["email"]).strip().lower(),
        ),
        "controls": st.dictionaries(text, st.just({"agreement": 0.5}), max_size=2),
        "data_dir": st.just("elsewhere/data"),
    },
)


@pytest.fixture(autouse=True)
def no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TANDEM_"):
            monkeypatch.delenv(name)


@contextmanager
def new_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        yield Path(folder)


@given(answers)
def test_what_was_answered_is_what_loads(answered: dict[str, Any]) -> None:
    with new_folder() as folder:
        settings_file, _ = write_settings(folder, answered)

        loaded = load(settings_file, environment={})

    told = Settings.model_validate(answered)
    assert loaded == told


def test_no_answers_give_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings_file, _ = write_settings(tmp_path, {})

    assert load(settings_file, environment={}) == Settings()


def test_the_environment_of_the_moment_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_POLICY__VOTES", "3")

    settings_file, _ = write_settings(tmp_path, {})

    assert yaml.safe_load(settings_file.read_text())["policy"]["votes"] == 1


@pytest.mark.parametrize("reviewers", [0, 4, 5, 40])
def test_the_file_is_short_and_holds_what_one_is_likely_to_change(
    tmp_path: Path, reviewers: int
) -> None:
    answered = {
        "reviewers": [{"email": f"{one}@example.org"} for one in range(reviewers)],
        "model": {"engine": "openai", "name": "any"},
        "server": {"url": "http://localhost:8000/v1"},
        "backend": {"url_for_studio": "http://tandem.internal:9090"},
        "policy": {"target_error": 0.1},
    }
    settings_file, keys_file = write_settings(tmp_path, answered)
    lines = settings_file.read_text().splitlines()

    assert len(lines) <= 25
    content = yaml.safe_load(settings_file.read_text())
    for place in LIKELY:
        section, _, name = place.partition(".")
        assert name in content[section]
    assert "tandem settings" in lines[0]
    for section, name in SECRETS:
        assert f"{section}.{name}" in keys_file.read_text()


def test_pay_by_the_hour_stands_in_place_of_the_price_of_a_label(tmp_path: Path) -> None:
    settings_file, _ = write_settings(tmp_path, {"costs": {"pay_per_hour": 20}})

    costs = yaml.safe_load(settings_file.read_text())["costs"]
    assert costs == {"pay_per_hour": 20}


def test_a_secret_stands_in_the_keys_file_alone(tmp_path: Path) -> None:
    answered = {"studio": {"api_key": "hush-1"}, "backend": {"user": "u", "password": "hush-2"}}

    settings_file, keys_file = write_settings(tmp_path, answered)

    assert "hush" not in settings_file.read_text()
    assert "LABEL_STUDIO_API_KEY=hush-1" in keys_file.read_text().splitlines()
    assert "BASIC_AUTH_PASS=hush-2" in keys_file.read_text().splitlines()


def test_every_secret_has_a_name_in_the_keys_file() -> None:
    definitions = Settings.model_json_schema()["$defs"]
    secret_names = {
        name
        for section in definitions.values()
        for name, property_ in section["properties"].items()
        if "password" in [one.get("format") for one in (property_, *property_.get("anyOf", ()))]
    }

    assert secret_names == {name for _, name in SECRETS}
    assert {
        (section.name, setting.name)
        for section in sections()
        for setting in section.settings
        if setting.variable
    } == set(SECRETS)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_only_the_owner_can_read_the_keys(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        _, keys_file = write_settings(tmp_path, {"studio": {"api_key": "hush"}})
    finally:
        os.umask(before)

    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("file", [SETTINGS_FILE, KEYS_FILE])
def test_nothing_is_replaced_unless_forced(tmp_path: Path, file: Path) -> None:
    (tmp_path / file).write_text("precious")

    with pytest.raises(SettingsError, match="--force"):
        write_settings(tmp_path, {})

    assert [one.name for one in tmp_path.iterdir()] == [str(file)]
    assert (tmp_path / file).read_text() == "precious"


def test_forced_it_replaces_both_and_closes_a_keys_file_that_was_open(tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text("studio: {project: 1}\n")
    (tmp_path / KEYS_FILE).write_text("LABEL_STUDIO_API_KEY=old\n")
    (tmp_path / KEYS_FILE).chmod(0o644)

    answered = {"studio": {"project": 2, "api_key": "new"}}
    settings_file, keys_file = write_settings(tmp_path, answered, force=True)

    assert yaml.safe_load(settings_file.read_text())["studio"]["project"] == 2
    assert "old" not in keys_file.read_text()
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["", " ", "hush\nBASIC_AUTH_USER=x", " hush", "hush\u2028hush"])
def test_a_key_that_could_not_be_read_again_is_refused_and_not_shown(
    tmp_path: Path, bad: str
) -> None:
    with pytest.raises(SettingsError, match="LABEL_STUDIO_API_KEY") as refusal:
        write_settings(tmp_path, {"studio": {"api_key": bad}})

    assert "hush" not in str(refusal.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("answered", "complaint"),
    [
        ({"policy": {"votes": 0}}, "policy.votes"),
        ({"studio": {"adress": "x"}}, "studio.adress"),
        ({"stduio": {}}, "stduio"),
    ],
)
def test_an_answer_that_cannot_be_used_writes_nothing(
    tmp_path: Path, answered: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(SettingsError, match=complaint):
        write_settings(tmp_path, answered)

    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        write_settings(tmp_path / "missing", {})


def test_the_page_of_the_settings_is_the_one_that_the_source_gives() -> None:
    written = (ROOT / "docs" / "settings.md").read_text("utf-8")

    assert written == page(), "Run: python -m tandem.settings_docs > docs/settings.md"


def test_the_reference_has_a_line_for_each_row() -> None:
    rows = [line for line in page().splitlines() if line.startswith("|")]
    assert all(row.endswith(" |") or row.endswith("---|") for row in rows)
