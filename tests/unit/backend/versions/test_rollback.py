"""`POST /models/use`: an admin's word stands against all that was answered before it."""

from dataclasses import replace

import pytest

from labeling.errors import SettingsError
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.taught_project import CONFIG, FEW, MANY, MORE, TEXTS, TaughtProject, believing

OTHER_CONFIG = choices(["positive", "negative", "mixed"])


@pytest.fixture
def project(new_app: NewApp) -> TaughtProject:
    return TaughtProject(new_app)


@pytest.fixture
def versions(project: TaughtProject) -> tuple[str, str]:
    """The old version, and the new one that is in force."""
    return project.learn(FEW)["model_version"], project.learn(MANY)["model_version"]


def test_the_old_one_answers_at_once(project: TaughtProject, versions: tuple[str, str]) -> None:
    old, new = versions
    answer = project.use(old)
    assert answer.get_json() == {"name": old, "before": new}
    assert project.served == old
    assert project.statuses == {old: ("in force", None), new: ("rolled back", old)}


def test_the_same_answers_do_not_bring_the_new_one_back(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    old, new = versions
    project.use(old)
    told = project.learn(replace(MANY, open_texts=["Another."]))
    assert told["model_version"] == project.served == old
    assert project.statuses == {old: ("in force", None), new: ("rolled back", old)}
    assert len([one for one in told["held_out"] if one]) == len(TEXTS)


def test_nor_does_what_was_fitted_to_them_elsewhere(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    old, _ = versions
    project.use(old)
    assert project.challenge(believing(MANY, 0.99), MANY).model_version == old
    assert project.served == old


def test_where_the_version_is_to_be_kept_no_answer_does(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    old, _ = versions
    project.use(old)
    told = project.learn(MORE, keep_version=True)
    assert told["model_version"] == project.served == old
    assert all(told["held_out"])


def test_more_answers_may(project: TaughtProject, versions: tuple[str, str]) -> None:
    old, new = versions
    project.use(old)
    newest = project.learn(MORE)["model_version"]
    assert project.served == newest
    assert project.statuses == {
        newest: ("in force", None),
        old: ("superseded", newest),
        new: ("rolled back", old),
    }


def test_an_untaught_one_may_be_used_too(project: TaughtProject) -> None:
    blank = project.learn(replace(FEW, answers=[]))["model_version"]
    project.learn(FEW)
    project.use(blank)
    assert project.learn(FEW)["model_version"] == project.served == blank
    assert project.learn(FEW)["held_out"] == []


def test_what_is_unknown_is_refused_in_one_line(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    answer = project.use("signal-00000000")
    assert answer.status_code == 422
    assert answer.get_json()["error"] == (
        "There is no version 'signal-00000000' of this project that can be read."
        " `tandem models` lists those that there are."
    )
    assert project.served == versions[1]


def test_what_was_fitted_under_another_label_config_is_refused(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    answer = project.use(versions[0], OTHER_CONFIG)
    assert answer.status_code == 422
    assert "does not apply any more" in answer.get_json()["error"]
    assert project.served == versions[1]


def test_what_was_fitted_under_another_instruction_is_refused(
    project: TaughtProject, versions: tuple[str, str]
) -> None:
    project.learn(replace(FEW, instruction="Be strict."))
    with pytest.raises(SettingsError, match="the prompt or the label config changed"):
        project.backend.use("7", CONFIG, versions[0])


def test_it_is_so_after_a_restart(
    new_app: NewApp, project: TaughtProject, versions: tuple[str, str]
) -> None:
    old, new = versions
    project.use(old)
    again = TaughtProject(new_app)
    assert again.served == old
    assert again.learn(MANY)["model_version"] == old
    assert again.statuses[new] == ("rolled back", old)
