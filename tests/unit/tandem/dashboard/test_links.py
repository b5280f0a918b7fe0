"""Links: one a person, random, kept private, and renewed at once."""

import stat
from pathlib import Path

import pytest

from labeling.errors import SettingsError
from tandem.dashboard.links import EVERYBODY, LinksFile

ADA, BEN = "ada@example.org", "ben@example.org"


@pytest.fixture
def file(tmp_path: Path) -> LinksFile:
    return LinksFile(tmp_path / "data", 3)


def test_everybody_has_a_link_of_their_own(file: LinksFile) -> None:
    links = file.update([ADA, BEN])
    tokens = [links.admin, *links.reviewers.values()]
    assert list(links.reviewers) == [ADA, BEN]
    assert len(set(tokens)) == 3
    assert all(len(token) >= 32 for token in tokens)
    assert file.read() == links


def test_they_stay_for_those_who_stay(file: LinksFile) -> None:
    before = file.update([ADA])
    after = file.update([ADA, BEN])
    assert (after.admin, after.reviewers[ADA]) == (before.admin, before.reviewers[ADA])


def test_who_left_has_none_any_more(file: LinksFile) -> None:
    old = file.update([ADA, BEN]).reviewers[BEN]
    assert file.update([ADA]).reviewer(old) is None
    assert file.update([ADA, BEN]).reviewers[BEN] != old


def test_renewed_links_open_nothing_with_the_old_ones(file: LinksFile) -> None:
    old, new = file.update([ADA]), file.update([ADA], renew=True)
    assert not new.is_admin(old.admin)
    assert new.reviewer(old.reviewers[ADA]) is None
    assert new.is_admin(new.admin)
    assert new.reviewer(new.reviewers[ADA]) == ADA


@pytest.mark.parametrize("token", ["", "x", "ä\udcff", "\N{SNOWMAN}" * 400])
def test_any_other_token_is_nobody_s(file: LinksFile, token: str) -> None:
    links = file.update([ADA])
    assert not links.is_admin(token)
    assert links.reviewer(token) is None


def test_a_reviewer_s_token_is_no_admin_s(file: LinksFile) -> None:
    links = file.update([ADA])
    assert not links.is_admin(links.reviewers[ADA])
    assert links.reviewer(links.admin) is None


def test_without_reviewers_one_link_is_for_everybody(file: LinksFile) -> None:
    assert list(file.update([]).reviewers) == [EVERYBODY]


def test_only_its_owner_can_read_the_file(file: LinksFile) -> None:
    file.update([ADA])
    assert stat.S_IMODE(file.file.stat().st_mode) == 0o600


def test_a_file_that_others_can_read_is_refused_until_it_is_renewed(file: LinksFile) -> None:
    file.update([ADA])
    file.file.chmod(0o644)
    with pytest.raises(SettingsError, match=r"mode 644.*--new-links"):
        file.update([ADA])
    file.update([ADA], renew=True)
    assert stat.S_IMODE(file.file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"admin": "x"}', '{"admin": 1, "reviewers": 2}']
)
def test_a_broken_file_is_told_with_the_way_out(file: LinksFile, content: str) -> None:
    file.update([ADA])
    file.file.write_text(content)
    with pytest.raises(SettingsError, match=r"cannot be read.*--new-links"):
        file.read()


def test_each_project_has_links_of_its_own(tmp_path: Path) -> None:
    one, other = LinksFile(tmp_path, 1).update([ADA]), LinksFile(tmp_path, 2).update([ADA])
    assert one.reviewers[ADA] != other.reviewers[ADA]


def test_addresses_are_told_by_whom_they_are_for(file: LinksFile) -> None:
    links = file.update([ADA])
    assert links.addresses("http://host:8712/") == {
        "admin": f"http://host:8712/?token={links.admin}",
        ADA: f"http://host:8712/r/{links.reviewers[ADA]}",
    }
