"""The commands about fair work, on a project in memory."""

from pathlib import Path

import pytest

from tests.support.commands import tandem, the_line, the_object
from tests.support.memory_commands import work_on
from tests.support.memory_project import MemoryLoop, new_memory_loop
from tests.support.memory_studio import answer_tabs

PEOPLE = ("ada@example.org", "ben@example.org")


@pytest.fixture
def loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryLoop:
    """A project that two people answered."""
    loop = new_memory_loop(tmp_path, 60, *PEOPLE, pilot=30)
    loop.sections["costs"] = {"human_label": 0.01, "fair_per_hour": 12}
    loop.sync(clock=loop.studio.server.now)
    answer_tabs(loop.studio, 1)
    loop.sync(clock=loop.studio.server.now)
    work_on(loop, monkeypatch)
    return loop


DAYS = ("--from", "2025-12-31", "--to", "2026-01-02")


@pytest.mark.usefixtures("loop")
def test_pay_tells_what_everybody_earned_and_writes_it(tmp_path: Path) -> None:
    file = tmp_path / "payout.csv"
    told = the_object(tandem("people", "pay", *DAYS, "--out", str(file), "--json"))
    assert {one["email"] for one in told["people"]} == set(PEOPLE)
    for one in told["people"]:
        assert float(one["earned"]) == pytest.approx(one["labels"] * 0.01)
        assert one["per_hour"] == pytest.approx(7.2)  # 0.01 for 5 seconds
    assert file.read_text("utf-8-sig").count("example.org") == 2
    assert "7.20" in tandem("people", "pay", *DAYS).stdout


@pytest.mark.usefixtures("loop")
def test_a_period_in_which_nobody_worked_is_said_to_be_one() -> None:
    result = tandem("people", "pay", "--from", "2020-01-01", "--to", "2020-01-31")
    assert result.stdout.strip() == "Nobody worked in this period."


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    result = tandem("people", "pay", "--from", "2026-02-01", "--to", "2026-01-01")
    assert result.exit_code == 1
    assert "ends on 2026-01-01, before it begins on 2026-02-01" in the_line(result)


@pytest.mark.usefixtures("loop")
def test_a_page_is_written_for_one_or_for_all(tmp_path: Path) -> None:
    one = tmp_path / "ada.html"
    told = the_object(tandem("people", "page", "ada", "--out", str(one), "--json"))
    assert told["files"] == [str(one)]
    assert "ada@example.org" in one.read_text("utf-8")
    assert "ben" not in one.read_text("utf-8")
    told = the_object(tandem("people", "page", "--all", str(tmp_path / "all"), "--json"))
    names = sorted(Path(file).name.partition("-")[0] for file in told["files"])
    assert names == ["ada", "ben"]
    assert all(Path(file).is_file() for file in told["files"])


@pytest.mark.usefixtures("loop")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "It is not said whose page to write"),
        (("ada", "--all", "x"), "It is not said whose page to write"),
        (("nobody",), "Nobody is called 'nobody'"),
    ],
)
def test_a_page_of_nobody_is_refused(words: tuple[str, ...], said: str) -> None:
    assert said in the_line(tandem("people", "page", *words))


@pytest.mark.usefixtures("loop")
def test_guidelines_are_printed_or_written(tmp_path: Path) -> None:
    file = tmp_path / "draft.md"
    told = the_object(tandem("guidelines", "--out", str(file), "--json"))
    assert told["draft"] + "\n" == file.read_text("utf-8")
    assert "## Draft for the instruction" in tandem("guidelines").stdout
