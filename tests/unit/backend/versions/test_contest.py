"""The version in force answers until another one beats it."""

from dataclasses import replace

import pytest

from backend.calibration.learned_state import LearnedState
from backend.learning.training_set import TrainingSet
from backend.versions.candidate import Candidate
from tests.support.backend_fixtures import NewApp
from tests.support.taught_project import FEW, MANY, MORE, TEXTS, TaughtProject, believing


@pytest.fixture
def project(new_app: NewApp) -> TaughtProject:
    return TaughtProject(new_app)


def test_what_learned_from_answers_replaces_what_did_not(project: TaughtProject) -> None:
    blank = project.learn(replace(FEW, answers=[]))["model_version"]
    first = project.learn(FEW)
    assert project.served == first["model_version"] != blank
    assert "challenge" not in first["report"]
    assert project.statuses == {
        first["model_version"]: ("in force", None),
        blank: ("superseded", first["model_version"]),
    }
    fitted, untaught = project.models
    assert fitted.figures is not None
    judged = fitted.figures.log_loss
    assert judged.low is not None
    assert judged.high is not None
    assert judged.low < judged.value < judged.high
    assert (fitted.answers, untaught.answers) == (12, 0)
    assert fitted.learners == ("prior", "calibration")
    assert fitted.size > 100
    assert untaught.figures is None


def test_a_challenger_that_is_better_wins_and_says_by_how_much(project: TaughtProject) -> None:
    old = project.learn(FEW)["model_version"]
    learned = project.learn(MANY)
    new = learned["model_version"]
    assert project.served == new != old
    told = learned["report"]["challenge"]
    assert (told["version"], told["against"], told["answers"]) == (new, old, len(TEXTS))
    assert 0 < told["low"] < told["gain"] < told["high"]
    assert project.statuses == {new: ("in force", None), old: ("superseded", new)}
    comparison = project.models[0].comparison
    assert comparison is not None
    assert comparison.gain == pytest.approx(told["gain"])


def test_a_challenger_that_is_no_better_is_kept_and_named_and_the_old_one_goes_on(
    project: TaughtProject,
) -> None:
    project.learn(FEW)
    champion = project.learn(MANY)
    lost = project.learn(MORE)
    assert lost["model_version"] == project.served == champion["model_version"]
    told = lost["report"].pop("challenge")
    champion["report"].pop("challenge")
    assert lost["report"] == champion["report"]
    assert told["against"] == champion["model_version"]
    assert told["low"] <= 0
    assert project.statuses[told["version"]] == ("beaten", champion["model_version"])
    *known, of_new = lost["held_out"]
    assert known == champion["held_out"], "what it learned from stays held out"
    assert of_new["answer"] == "positive"
    assert of_new["calibrated"]


@pytest.mark.parametrize("training_set", [FEW, MANY, MORE], ids=["first", "won", "lost"])
def test_the_same_answers_once_more_change_nothing_and_ask_nothing(
    project: TaughtProject, training_set: TrainingSet
) -> None:
    for one in (FEW, MANY, MORE):
        told = project.learn(one)
        if one is training_set:
            break
    before, asked = project.models, project.engine.asked
    mixed = replace(
        training_set, answers=[*reversed(training_set.answers)], open_texts=["Another."]
    )
    again = project.learn(mixed)
    assert again["model_version"] == told["model_version"]
    assert again["held_out"] == [*reversed(told["held_out"])]
    assert project.models == before
    assert project.engine.asked == asked


def test_under_another_instruction_there_is_nothing_to_beat(project: TaughtProject) -> None:
    old = project.learn(MANY)["model_version"]
    new = project.learn(replace(FEW, instruction="Be strict."))
    assert new["model_version"] == project.served != old
    assert "challenge" not in new["report"]
    assert project.statuses[old] == ("superseded", new["model_version"])


def test_without_answers_nothing_takes_the_place_of_what_learned(project: TaughtProject) -> None:
    champion = project.learn(MANY)["model_version"]
    told = project.learn(replace(FEW, answers=FEW.answers[:3]))
    assert told["model_version"] == champion
    assert told["report"]["challenge"]["answers"] == 0


def test_what_was_fitted_elsewhere_must_win_too(project: TaughtProject) -> None:
    champion = project.learn(FEW)["model_version"]
    lost = project.challenge(believing(FEW, 0.5))
    assert lost.model_version == champion == project.served
    won = project.challenge(believing(FEW, 0.9), replace(FEW, open_texts=["x"]))
    assert won.model_version == project.served != champion
    assert won.beliefs.keys() == {one.text for one in FEW.answers}
    latest = project.models[0]
    assert (latest.learners, latest.seconds) == (("calibration", "lora"), 12.0)
    assert won.report["heavy"]


def test_no_text_is_kept(project: TaughtProject) -> None:
    project.learn(FEW)
    folder = project.backend.settings.data_dir / "learned"
    kept = [file.read_text() for file in folder.rglob("*") if file.is_file()]
    assert len([one for one in kept if one]) == 3
    assert not any("Signal" in one for one in kept)


def test_its_size_counts_the_weights_that_it_names(project: TaughtProject) -> None:
    project.learn(FEW)
    folder = project.backend.settings.data_dir / "artefacts" / "abc"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "weights.safetensors").write_bytes(b"0" * 5_000)
    candidate = Candidate(LearnedState(""), {}, {}, (), 0.0)
    bare = candidate.size(folder.parent)
    assert replace(candidate, artefacts=("abc",)).size(folder.parent) == bare + 5_000
