"""The promise on the command line: verify, export, plan, and what a pass says of it."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.guarantee import certificate_file
from routing.ledger.records import LedgerState
from routing.snapshot.snapshot import Snapshot
from routing.standing.compute import standing_of
from routing.standing.standing import Standing
from routing.studio import Studio
from routing.sync import SyncReport
from tandem import session, status
from tandem.export.export import export_certificates
from tandem.pass_summary import summary_of
from tests.support.commands import settle, tandem, the_line, the_object
from tests.support.snapshots import asked, in_audit, piloted, prelabelled, snapshot_of

pytestmark = pytest.mark.usefixtures("empty_folder")
Show = Callable[..., None]

STREAMS = {"ada": {"main": f"http://studio/projects/1/data?tab=7&{'labeling=1' * 9}"}}
"""A reviewer's address, which is longer than many a terminal is wide."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The certificate of a small population."""
    (file,) = export_certificates(in_audit(120, None), tmp_path_factory.mktemp("certified"))
    return file.read_bytes()


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Lets commands see a project in the given state; its servers are asked nothing."""

    def make(state: LedgerState, **sections: Any) -> None:
        settle()

        def look(*_: Any, **__: Any) -> Snapshot:
            return snapshot_of(state, **sections)

        monkeypatch.setattr(session.Session, "look", look)

        def status_of(*_: Any) -> status.ProjectStatus:
            return status.ProjectStatus(standing_of(look()), STREAMS)

        monkeypatch.setattr(status, "status_of", status_of)
        monkeypatch.setattr(Studio, "tasks", lambda *_: iter([]))

    return make


class TestVerify:
    def test_yes_and_what_is_certified(self, certificate: bytes) -> None:
        Path("certificate.json").write_bytes(certificate)
        result = tandem("verify", "certificate.json")
        assert result.exit_code == 0
        assert result.stdout == f"yes: {certificate_file.verify(certificate)}\n"

    def test_no_and_why(self, certificate: bytes) -> None:
        Path("certificate.json").write_bytes(certificate.replace(b'"seed":7', b'"seed":8'))
        result = tandem("verify", "certificate.json")
        assert (result.exit_code, result.stdout) == (1, "no: its content was changed\n")
        assert result.stderr == ""

    def test_a_script_gets_one_object(self, certificate: bytes) -> None:
        Path("good.json").write_bytes(certificate)
        Path("bad.json").write_bytes(b"{}")
        good, bad = tandem("verify", "good.json", "--json"), tandem("verify", "bad.json", "--json")
        assert the_object(good) == {
            "proved": True,
            "statement": certificate_file.verify(certificate),
        }
        assert (the_object(bad)["proved"], bad.exit_code) == (False, 1)

    @pytest.mark.parametrize(
        ("name", "reason"), [("absent.json", "No such file"), (".", "Is a directory")]
    )
    def test_a_file_that_cannot_be_read_is_one_line(self, name: str, reason: str) -> None:
        result = tandem("verify", name)
        assert (result.exit_code, result.stdout) == (1, "")
        assert f"cannot be read: {reason}" in the_line(result)

    @given(data=st.data())
    @settings(max_examples=300, deadline=None)
    def test_one_changed_byte_says_no(self, certificate: bytes, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(certificate) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda one: one != certificate[place]))
        changed = certificate[:place] + bytes([byte]) + certificate[place + 1 :]
        with pytest.raises(certificate_file.NotProved):
            certificate_file.verify(changed)

    def test_it_needs_no_model_and_talks_to_nobody(self, certificate: bytes) -> None:
        Path("certificate.json").write_bytes(certificate)
        program = """
import socket, sys
def refuse(*_): raise AssertionError("it talks")
socket.socket.connect = refuse
sys.argv[1:] = ["verify", "certificate.json"]
from tandem.cli import main
try:
    main()
finally:
    assert not {"torch", "httpx", "label_studio_sdk", "sqlalchemy"} & sys.modules.keys()
"""
        result = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout.startswith("yes: ")


class TestExport:
    def test_a_certified_project_comes_with_its_certificate(self, show: Show) -> None:
        show(in_audit(400, None))
        told = the_object(tandem("export", "--to", "out", "--json"))
        assert told["certificates"] == ["out/certificate-1.json"]
        assert told["certified"]
        spoken = tandem("export", "--to", "out")
        assert "Certified: out/certificate-1.json" in spoken.stdout
        assert "400 tasks: certified: at most 10.0% are wrong" in spoken.stdout
        assert "Next:" not in spoken.stdout
        assert tandem("verify", "out/certificate-1.json").exit_code == 0

    def test_what_is_not_certified_yet_is_told_in_a_line(self, show: Show) -> None:
        show(in_audit(400, 20))
        lines = tandem("export", "--format", "csv").stdout.splitlines()
        assert lines[1].startswith("400 tasks: audits are going on; 20 of about")
        assert lines[2].startswith("Next: Run `tandem sync`")

    def test_later_tasks_are_told_of_beside_a_certificate(self, show: Show) -> None:
        state = in_audit(400, None)
        new = prelabelled(420).tasks[420]
        show(replace(state, tasks={**state.tasks, new.id: new}))
        result = tandem("export", "--format", "csv")
        assert "Certified: certificate-1.json" in result.stdout
        certified, later, following = result.stdout.splitlines()[-3:]
        assert certified.startswith("Population 1, 400 tasks: certified")
        assert later.startswith("Population 2, 1 task: ")
        assert following.startswith("Next: ")


class TestPlan:
    def test_before_anything_it_warns_that_nobody_taught_the_model(self, show: Show) -> None:
        show(prelabelled(600))
        result = tandem("plan")
        assert result.exit_code == 0
        assert "UNCALIBRATED" in result.stdout
        assert "people alone without the model: 600 human labels" in result.stdout

    def test_from_a_pilot_it_shows_targets_beside_people_alone(self, show: Show) -> None:
        show(piloted(600))
        words = tandem("plan").stdout
        assert "by 60 answered tasks" in words
        assert "UNCALIBRATED" not in words
        rows = [line.split() for line in words.splitlines()]
        targets = [row[1] for row in rows if row[:1] == ["≤"]]
        assert targets == ["2.0%", "5.0%", "10.0%", "15.0%"]
        (people,) = [row for row in rows if row[:1] == ["people"]]
        assert 540 <= int(people[1]) == int(people[2]) == int(people[3]) < 1080, "votes, not tasks"
        assert "15.0% cannot be promised" not in words

    def test_no_number_is_cut_short_where_nobody_says_how_wide_the_terminal_is(
        self, show: Show
    ) -> None:
        show(piloted(3_000), costs={"human_label": 50})
        assert "…" not in tandem("plan", "--target", "0.05").stdout

    def test_a_script_gets_every_number(self, show: Show) -> None:
        show(piloted(600))
        told = the_object(tandem("plan", "--target", "0.03", "--json"))
        assert [one["error"] for one in told["promises"]] == [0.03, 0.05]
        (one, _) = told["promises"]
        assert one["low"]["labels"] <= one["expected"]["labels"] <= one["high"]["labels"]
        assert one["left"] + one["reviews"] + one["audits"] == 540
        assert 540 <= told["people_alone"]["labels"] < 1080, "votes, not tasks"
        assert (told["calibrated"], told["answers"], told["spent"]["labels"]) == (True, 60, 60)

    def test_what_cannot_be_promised_is_said_early_with_its_price(self, show: Show) -> None:
        show(prelabelled(18))
        result = tandem("plan", "--target", "0.02")
        told = " ".join(result.stdout.split())
        assert "2.0%, 5.0% cannot be promised with the model's help: of 18 tasks not one" in told
        assert "There, people have to label everything: 18 human labels, $1.44" in told
        script = the_object(tandem("plan", "--target", "0.02", "--json"))
        assert not script["promises"][0]["can_be_promised"]

    def test_a_budget_or_a_deadline_gives_the_best_promise(self, show: Show) -> None:
        show(piloted(600), costs={"human_label": 1.0})
        told = the_object(tandem("plan", "--budget", "300", "--json"))["best"]
        assert told["can_be_promised"]
        assert told["expected"]["money"] <= 300
        words = tandem("plan", "--budget", "300").stdout
        assert words.startswith(f"At most {told['error']:.1%} wrong, with probability 95.0%")
        hasty = the_object(tandem("plan", "--budget", "300", "--days", "0.045", "--json"))["best"]
        assert hasty["error"] > told["error"]
        assert "No promise fits" in tandem("plan", "--days", "0").stdout
        assert "People can label everything" in tandem("plan", "--budget", "9999").stdout

    def test_while_audits_go_on_it_tells_what_they_still_take(self, show: Show) -> None:
        show(in_audit(600, 20))
        words = tandem("plan").stdout
        assert "Population 1, at most 10.0% wrong: its audits still take" in words
        assert "no promise can be planned" in tandem("plan", "--days", "3").stdout


class TestSync:
    @pytest.mark.parametrize("other", ["--refreeze", "--watch"])
    def test_takes_one_word_about_the_label_config_at_a_time(self, show: Show, other: str) -> None:
        show(in_audit(60, 20))
        result = tandem("sync", "--accept-form", other)
        assert result.exit_code == 1
        assert "exclude each other" in the_line(result)


class TestStatus:
    def test_it_begins_with_a_sentence_and_what_comes_next(self, show: Show) -> None:
        show(in_audit(600, 20))
        result = tandem("status")
        assert result.exit_code == 0, result.stderr
        project, sentence, following, *_ = result.stdout.splitlines()
        assert project == "Customer messages: http://localhost:8080/projects/1/data"
        assert sentence.startswith("600 tasks: audits are going on; 20 of about ")
        assert following.startswith("Next: Run `tandem sync`")
        assert "human labels to come  expected " in result.stdout

    def test_the_main_thing_is_told_before_a_handful_of_later_tasks(self, show: Show) -> None:
        state = in_audit(600, 20)
        later = {task: prelabelled(605).tasks[task] for task in range(601, 606)}
        show(replace(state, tasks={**state.tasks, **later}))
        lines = tandem("status").stdout.splitlines()
        assert lines[1].startswith("Population 1, 600 tasks: audits are going on")
        assert lines[2] == "Population 2, 5 tasks: the model has labelled none of them yet."
        assert lines[3].startswith("Next: ")
        rows = [line.split()[:3] for line in lines if line.lstrip()[:1] in ("1", "2")]
        assert rows == [["1", "600", "audits"], ["2", "5", "unlabelled"]]
        assert any(line.startswith("In all: 605 tasks") for line in lines)

    @pytest.mark.parametrize("columns", ["40", "80"])
    def test_no_address_is_cut_or_broken_however_narrow_it_is(
        self, show: Show, monkeypatch: pytest.MonkeyPatch, columns: str
    ) -> None:
        show(asked(piloted(600), 20))
        monkeypatch.setenv("COLUMNS", columns)
        lines = tandem("status").stdout.splitlines()
        assert f"ada, main: {STREAMS['ada']['main']}" in lines
        assert any("/projects/1/data" in line for line in lines)

    def test_a_script_gets_the_same_words_and_all_numbers(self, show: Show) -> None:
        show(in_audit(600, None))
        told = the_object(tandem("status", "--json"))
        (population,) = told["populations"]
        assert population["phase"] == "certified"
        assert population["audit"]["bound"] <= population["audit"]["allowed"] == 60
        assert told["says"] == [population["says"]]
        assert "tandem sync" in told["next"], "what is certified is not stored yet"


class TestSentence:
    def report(self, **changes: Any) -> SyncReport:
        values: dict[str, Any] = {
            "changes": [],
            "labelled": 0,
            "decisions": {},
            "owed": 0,
            "unassigned": 0,
            "given_up": 0,
            "undecided": 0,
            "model_version": "m",
            "standing": Standing("Letters", "http://studio/projects/1/data"),
        }
        return SyncReport(**(values | changes))

    def test_it_tells_that_there_was_nothing_to_do(self) -> None:
        assert summary_of(self.report()) == "Done: nothing to do. Left: nothing."

    def test_it_tells_what_is_left_too(self) -> None:
        told = summary_of(self.report(owed=3, undecided=40))
        assert told.endswith("Left: 3 votes owed, 40 undecided.")
