"""A command whose extra is missing: one line, with what to install."""

import re
import tomllib
from importlib import util
from importlib.metadata import version
from pathlib import Path

import pytest

from tandem.extras import DISTRIBUTION, MODULES, Extra, require
from tests.support.commands import tandem, the_line

PROJECT = Path(__file__).parents[3] / "pyproject.toml"

COMMANDS: dict[Extra, tuple[str, ...]] = {
    "backend": ("serve",),
    "demo": ("demo",),
    "ray": ("prelabel", "--engine", "ray"),
    "spacy": ("export", "--format", "spacy"),
}


@pytest.mark.usefixtures("empty_folder")
@pytest.mark.parametrize("extra", MODULES)
def test_a_command_says_which_extra_to_install(
    extra: Extra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tandem.extras.find_spec", lambda _: None)

    result = tandem(*COMMANDS[extra])

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "is not installed" in the_line(result)
    assert the_line(result).endswith(f"Run: pip install '{DISTRIBUTION}[{extra}]'")


def test_what_is_installed_is_not_complained_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tandem.extras.find_spec", lambda _: util.find_spec("json"))

    for extra in MODULES:
        require(extra, "tandem")


def test_every_module_is_brought_by_its_extra() -> None:
    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]

    def brought(extra: str) -> set[str]:
        wanted = project["optional-dependencies"][extra]
        nested = [re.findall(rf"{DISTRIBUTION}\[(.+)\]", one) for one in wanted]
        names = {re.split(r"[\[><=]", one)[0].replace("-", "_") for one in wanted}
        return names.union(*(brought(inner) for found in nested for inner in found))

    for extra, modules in MODULES.items():
        assert set(modules) <= brought(extra)


def test_the_version_is_that_of_the_distribution() -> None:
    result = tandem("--version")

    assert (result.exit_code, result.stdout) == (0, f"tandem {version(DISTRIBUTION)}\n")
