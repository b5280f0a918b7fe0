"""`tandem models`: the versions of a model in words, and a word that puts another in force."""

from pathlib import Path

import pytest

from labeling.errors import BackendUnreachable, SettingsError
from labeling.protocol.models import (
    Comparison,
    Estimate,
    Figures,
    ModelsResponse,
    SyntheticSource,
    UseResponse,
)
from tests.support.commands import tandem, the_line, the_object
from tests.support.fitted_versions import entry
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop

FIGURES = Figures(log_loss=Estimate(value=0.412, low=0.35, high=0.474), accuracy=0.84, ece=0.031)
WON = Comparison(against="m-old", gain=0.2, low=0.1, high=0.3, answers=80)
LOST = Comparison(against="m-new", gain=-0.01, low=-0.03, high=0.01, answers=81)
UNTOLD = Comparison(against="m-new", gain=0, low=None, high=None, answers=0)
VERSIONS = [
    entry("m-new", figures=FIGURES, comparison=WON, learners=("calibration", "head"), size=45_100),
    entry("m-lost", status="beaten", by="m-new", figures=FIGURES, comparison=LOST),
    entry("m-untold", status="beaten", by="m-new", comparison=UNTOLD),
    entry("m-bad", status="rolled back", by="m-new", figures=FIGURES),
    entry("m-old", status="superseded", by="m-new", figures=FIGURES),
]


class Versions:
    """A backend that knows these versions, and uses any of them."""

    requests = 0

    def __init__(self) -> None:
        self.known = VERSIONS
        self.removed = 0
        self.in_force = "m-new"

    def models(self, _project: int) -> ModelsResponse:
        return ModelsResponse(models=self.known, removed=self.removed)

    def use(self, _project: int, _config: str, name: str) -> UseResponse:
        if name not in [one.name for one in self.known]:
            raise SettingsError("There is no such version")
        before, self.in_force = self.in_force, name
        return UseResponse(name=name, before=before)


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Versions:
    """The backend of a project in memory."""
    monkeypatch.setenv("COLUMNS", "400")
    loop: MemoryLoop = new_memory_loop(tmp_path, 3, "ada@example.org")
    backend = Versions()
    work_on(loop, monkeypatch, backend)
    return backend


@pytest.mark.usefixtures("backend")
def test_a_line_a_version_tells_how_good_it_is_and_why_it_is_what_it_is() -> None:
    _, new, lost, untold, bad, old, _ = tandem("models").stdout.splitlines()
    for word in ("in force", "calibration, head", "0.412 [0.350, 0.474]", "0.840", "0.031"):
        assert word in new
    assert "45.1 kB" in new
    assert "beat m-old: +0.200 [+0.100, +0.300] nats an answer, of 80" in new
    assert "did not beat m-new: -0.010 [-0.030, +0.010] nats an answer, of 81" in lost
    assert "no answer tells the two apart" in untold
    assert "taken back: m-new is used in its place" in bad
    assert "m-new took its place" in old


def test_one_that_followed_what_was_fitted_on_answers_taken_back_says_so(
    backend: Versions,
) -> None:
    follows = WON.model_copy(update={"gain": -0.01, "low": -0.1, "taken_back": 12})
    backend.known = [entry("m-new", comparison=follows)]
    assert "follows m-old, 12 of whose answers were taken back: -0.010 [" in tandem("models").stdout


def test_one_that_followed_what_learned_from_removed_texts_says_so(backend: Versions) -> None:
    follows = WON.model_copy(update={"gain": -0.01, "low": -0.1, "removed_texts": 40})
    backend.known = [entry("m-new", comparison=follows)]
    said = tandem("models").stdout
    assert "follows m-old, 40 of whose synthetic texts were removed: -0.010 [" in said


def test_a_version_that_learned_from_synthetic_texts_says_so(backend: Versions) -> None:
    source = SyntheticSource(folder="synthetic", digest="1a2b", texts=1_312, share=0.25)
    backend.known = [entry("m-new", learners=("words", "synthetic"), synthetic=(source,))]
    assert "words, synthetic (1,312 texts, 25%)" in tandem("models").stdout
    [told] = the_object(tandem("models", "--json"))["models"]
    assert told["synthetic"] == [source.model_dump()]


def test_what_they_take_and_what_was_removed_is_said(backend: Versions) -> None:
    *_, last = tandem("models").stdout.splitlines()
    assert last == "5 versions, at most 45.5 kB on the backend's disk."
    backend.removed = 7
    *_, last = tandem("models").stdout.splitlines()
    assert last.endswith("7 earlier ones were removed: see learning.keep_versions.")
    assert the_object(tandem("models", "--json"))["removed"] == 7


@pytest.mark.usefixtures("backend")
def test_a_script_is_told_all_of_it() -> None:
    told = the_object(tandem("models", "--json"))["models"]
    assert [one["name"] for one in told] == [one.name for one in VERSIONS]
    assert told[0]["figures"]["log_loss"] == {"value": 0.412, "low": 0.35, "high": 0.474}
    assert told[0]["data"]


def test_before_anything_was_learned_that_is_said(backend: Versions) -> None:
    backend.known = []
    assert tandem("models").stdout.strip() == "The model learned nothing about this project yet."


def test_another_one_is_put_in_force(backend: Versions) -> None:
    said = tandem("models", "use", "m-old").stdout
    assert "m-old is in force now, in place of m-new" in said
    assert "tandem sync" in said
    assert backend.in_force == "m-old"
    told = the_object(tandem("models", "use", "m-new", "--json"))
    assert told == {"name": "m-new", "before": "m-old"}


def test_the_one_in_force_stays(backend: Versions) -> None:
    assert tandem("models", "use", "m-new").stdout.strip() == "m-new is in force already."
    assert backend.in_force == "m-new"


@pytest.mark.usefixtures("backend")
def test_an_unknown_one_is_one_line() -> None:
    result = tandem("models", "use", "m-none")
    assert result.exit_code == 1
    assert the_line(result) == "tandem: There is no such version."


def test_a_backend_that_is_away_is_one_line(
    backend: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: int) -> ModelsResponse:
        raise BackendUnreachable("The ML backend does not answer")

    monkeypatch.setattr(backend, "models", away)
    result = tandem("models")
    assert result.exit_code == 1
    assert "does not answer" in the_line(result)
