"""Whole passes with `policy.groups`: what is frozen, told and certified, though every pass dies."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labeling.errors import SettingsError
from routing.facts.populations import frozen_of, overruled_in, proven
from routing.guarantee.certificate_file import NotProved, verify, write
from routing.ledger import Ledger
from routing.ledger.records import LedgerState, Member
from routing.sync import SyncReport
from tandem.standing.sentences import sentences
from tests.support.memory_project import new_memory_loop
from tests.support.memory_studio import answer_tabs

POLICY = {"pilot": 20, "target_error": 0.2, "blind_share": 0, "max_votes": 1}
PASSES = 40


class Grouped:
    """A project of German and English texts, and a few of no stated language."""

    def __init__(self, folder: Path) -> None:
        self.loop = new_memory_loop(folder, 0, "ada@x", "ben@x", groups="language", **POLICY)
        self.add([{"language": "de"}] * 50 + [{"language": "en"}] * 40 + [{}] * 6)

    def add(self, data: list[dict[str, str]]) -> None:
        first = len(self.state().tasks) if self.loop.studio.server.ids else 0
        texts = [{"text": f"Text {first + place}", **one} for place, one in enumerate(data)]
        self.loop.studio.import_tasks(texts)

    def state(self) -> LedgerState:
        return self.loop.ledger.state()

    def sync(self) -> SyncReport:
        """Make a pass as another process would, which knows nothing but the ledger's file."""
        address, project = self.loop.ledger.engine.url, self.loop.studio.project_id
        self.loop.ledger.close()
        self.loop.ledger = Ledger(address.render_as_string(), project)
        return self.loop.sync()

    def until_certified(self) -> SyncReport:
        """Make passes, each of whose questions people answer."""
        for seed in range(PASSES):
            report = self.sync()
            if report.standing.is_certified:
                return report
            answer_tabs(self.loop.studio, seed, right=1.0)
        raise AssertionError(report.standing.populations)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Grouped]:
    project = Grouped(tmp_path)
    yield project
    project.loop.ledger.close()


def certificates(state: LedgerState) -> list[bytes]:
    return [
        write(frozen_of(state, one), proven(state, one), overruled=overruled_in(one))
        for one in state.populations
    ]


def test_every_group_is_frozen_and_certified_by_itself(project: Grouped) -> None:
    report = project.until_certified()
    state = project.state()
    groups = {str(one.group): one.size for one in state.populations}
    assert groups == {"language: de": 50, "language: en": 40, "language: not stated": 6}
    assert {one.group for one in report.standing.populations} == groups.keys()
    said = sentences(report.standing)
    assert said[0].startswith("Population 1 (language: de), 50 tasks: certified")
    for file, name in zip(certificates(state), groups, strict=True):
        assert f"labels ({name}), " in verify(file)


def test_a_certificate_s_group_cannot_be_changed(project: Grouped) -> None:
    project.until_certified()
    file = certificates(project.state())[0]
    with pytest.raises(NotProved):
        verify(file.replace(b'"value":"de"', b'"value":"en"'))


def test_what_is_open_is_told_by_groups(project: Grouped) -> None:
    project.sync()
    answer_tabs(project.loop.studio, 0, right=1.0)
    standing = project.sync().standing
    assert [(one.number, one.group) for one in standing.populations] == [
        (1, "language: de"),
        (2, "language: en"),
        (3, "language: not stated"),
    ]
    assert sum(one.asked for one in standing.populations) >= POLICY["pilot"]
    assert all(one.left is not None for one in standing.populations if one.audit is None)


def test_later_tasks_of_a_group_are_another_population_of_it(project: Grouped) -> None:
    project.until_certified()
    project.add([{"language": "de"}] * 30)
    project.until_certified()
    assert [str(one.group) for one in project.state().populations] == [
        "language: de",
        "language: en",
        "language: not stated",
        "language: de",
    ]


def test_a_changed_setting_holds_for_what_is_frozen_later(project: Grouped) -> None:
    project.until_certified()
    before = project.state().populations
    project.loop.sections["policy"] = {**POLICY, "groups": None}
    project.add([{"language": "de"}] * 15 + [{"language": "en"}] * 15)
    report = project.sync()
    assert not any("policy.groups" in one for one in report.standing.notices), "all is certified"
    project.until_certified()
    *earlier, latest = project.state().populations
    assert earlier == before
    assert (latest.group, latest.size) == (None, 30)


def test_a_setting_that_changed_during_audits_is_told(project: Grouped) -> None:
    for seed in range(PASSES):
        report = project.sync()
        if any(one.phase == "audits" for one in report.standing.populations):
            break
        answer_tabs(project.loop.studio, seed, right=1.0)
    project.loop.sections["policy"] = POLICY
    assert any(
        one.startswith("policy.groups is null now, but population") and "language" in one
        for one in project.sync().standing.notices
    )


def test_a_field_that_no_task_has_is_one_clear_line(project: Grouped) -> None:
    project.loop.sections["policy"] = {**POLICY, "groups": "langauge"}
    with pytest.raises(SettingsError) as told:
        project.sync()
    assert (told.value.where, told.value.hint) == ("policy.groups", "Did you mean language?")
    assert "'langauge'" in told.value.what


def test_a_field_is_read_though_it_was_named_later(project: Grouped) -> None:
    project.loop.sections["policy"] = POLICY
    project.sync()
    assert {one.group_value for one in project.state().tasks.values()} == {None}
    project.loop.sections["policy"] = {**POLICY, "groups": "language"}
    project.sync()
    assert {one.group_value for one in project.state().tasks.values()} == {"de", "en", None}


def test_groups_are_frozen_all_or_none(project: Grouped, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze = Ledger.freeze

    def killed(ledger: Ledger, populations: list[object], members: list[Member]) -> None:
        broken = [*members[:-1], object()]
        freeze(ledger, populations, broken)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "freeze", killed)
    with pytest.raises(TypeError):
        project.until_certified()
    assert (project.state().populations, project.state().members) == ([], {})
    monkeypatch.setattr(Ledger, "freeze", freeze)
    project.until_certified()
    assert [one.size for one in project.state().populations] == [50, 40, 6]
