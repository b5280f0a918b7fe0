"""The version in force answers until another one beats it, or an admin says so."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.application import Backend
from backend.calibration.learned_state import LearnedState
from backend.learning.training_set import HumanAnswer, TrainingSet
from backend.versions.candidate import Candidate
from backend.versions.evaluation_set import data_digest
from labeling.errors import SettingsError
from labeling.predictions.prediction import Part, Prediction, Provenance
from labeling.protocol.models import ModelVersion
from tests.support.backend_fixtures import NewApp
from tests.support.label_configs import choices
from tests.support.signal_engine import SignalEngine, text_of

CONFIG = choices(["positive", "negative"])
OTHER_CONFIG = choices(["positive", "negative", "mixed"])
NO_EMBEDDING = {"learning": {"embedding": None}}
RANDOM = np.random.default_rng(0)
SIGNALS = RANDOM.uniform(-4, 4, 80).round(2).tolist()
TEXTS = [text_of(number, signal) for number, signal in enumerate(SIGNALS)]
NOISE = RANDOM.choice(["positive", "negative"], len(TEXTS)).tolist()
"""Answers that the engine's signal tells nothing of."""

TRUTH = ["positive" if signal > 0 else "negative" for signal in SIGNALS]
FEW = TrainingSet(
    texts=TEXTS, answers=[HumanAnswer(*one) for one in zip(TEXTS, NOISE, strict=True)][:12]
)
MANY = replace(
    FEW,
    answers=[
        *FEW.answers,
        *(HumanAnswer(*one) for one in zip(TEXTS[12:], TRUTH[12:], strict=True)),
    ],
)
"""The same, and many more that the signal tells all of."""

MORE = replace(MANY, answers=[*MANY.answers, HumanAnswer(text_of(500, 3.0), "positive")])


class Project:
    """Project 7 of a service whose engine tells what it is asked.

    Attributes:
        engine: The engine.
        backend: The service's.
        client: A caller of the service.
    """

    def __init__(self, new_app: NewApp, **sections: Any) -> None:
        self.engine = SignalEngine()
        app = new_app(lambda _: self.engine, **(NO_EMBEDDING | sections))
        self.backend: Backend = app.extensions["tandem"]
        self.client: FlaskClient = app.test_client()

    def learn(self, training_set: TrainingSet, *, keep_version: bool = False) -> dict[str, Any]:
        answers = [{"text": one.text, "label": one.label} for one in training_set.answers]
        body = {
            "project": "7",
            "label_config": CONFIG,
            "instruction": training_set.instruction,
            "texts": training_set.texts,
            "answers": answers,
            "keep_version": keep_version,
        }
        answer = self.client.post("/learn", json=body)
        assert answer.status_code == 200, answer.get_json()
        content: dict[str, Any] = answer.get_json()
        return content

    def challenge(self, held_out: Mapping[str, Prediction], training_set: TrainingSet = FEW) -> Any:
        """Enter a version fitted elsewhere, which believes this of the answered texts."""
        present = self.backend.versions.get("7")
        assert present is not None
        learned = replace(present, content=f"heavy {len(held_out)} {len(training_set.answers)}")
        candidate = Candidate(learned, {"heavy": True}, held_out, ("calibration", "lora"), 12.0)
        pupil = self.backend.pupil("7", CONFIG, training_set)
        return self.backend.teacher.challenge(pupil, candidate)

    @property
    def served(self) -> str:
        return self.backend.model_spec("7", CONFIG).model_version

    @property
    def models(self) -> list[ModelVersion]:
        listed = self.client.get("/models?project=7").get_json()["models"]
        return [ModelVersion.model_validate_json(json.dumps(one)) for one in listed]

    @property
    def statuses(self) -> dict[str, tuple[str, str | None]]:
        return {one.name: (one.status, one.by) for one in self.models}

    def use(self, name: str, config: str = CONFIG) -> Any:
        body = {"project": "7", "label_config": config, "name": name}
        return self.client.post("/models/use", json=body)


@pytest.fixture
def project(new_app: NewApp) -> Project:
    return Project(new_app)


def believing(training_set: TrainingSet, p_right: float) -> dict[str, Prediction]:
    """A belief of each answered text that gives its answer this probability."""
    return {one.text: _prediction(one.label, p_right) for one in training_set.answers}


def _prediction(label: str, p: float) -> Prediction:
    other = {"positive": "negative", "negative": "positive"}[label]
    shares = {label: p, other: 1 - p}
    answer = label if p >= 0.5 else other
    provenance = Provenance("heavy", "abc", "none", "platt:30")
    part = Part(answer, shares[answer], shares, shares[answer], provenance)
    return Prediction.alone("topic", part, "held out")


def test_what_learned_from_answers_replaces_what_did_not(project: Project) -> None:
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


def test_a_challenger_that_is_better_wins_and_says_by_how_much(project: Project) -> None:
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
    project: Project,
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
    project: Project, training_set: TrainingSet
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


def test_under_another_instruction_there_is_nothing_to_beat(project: Project) -> None:
    old = project.learn(MANY)["model_version"]
    new = project.learn(replace(FEW, instruction="Be strict."))
    assert new["model_version"] == project.served != old
    assert "challenge" not in new["report"]
    assert project.statuses[old] == ("superseded", new["model_version"])


def test_without_answers_nothing_takes_the_place_of_what_learned(project: Project) -> None:
    champion = project.learn(MANY)["model_version"]
    told = project.learn(replace(FEW, answers=FEW.answers[:3]))
    assert told["model_version"] == champion
    assert told["report"]["challenge"]["answers"] == 0


def test_what_was_fitted_elsewhere_must_win_too(project: Project) -> None:
    champion = project.learn(FEW)["model_version"]
    lost = project.challenge(believing(FEW, 0.5))
    assert lost.model_version == champion == project.served
    won = project.challenge(believing(FEW, 0.9), replace(FEW, open_texts=["x"]))
    assert won.model_version == project.served != champion
    assert won.beliefs.keys() == {one.text for one in FEW.answers}
    latest = project.models[0]
    assert (latest.learners, latest.seconds) == (("calibration", "lora"), 12.0)
    assert won.report["heavy"]


def test_no_text_is_kept(project: Project) -> None:
    project.learn(FEW)
    folder = project.backend.settings.data_dir / "learned"
    kept = [file.read_text() for file in folder.rglob("*") if file.is_file()]
    assert len([one for one in kept if one]) == 3
    assert not any("Signal" in one for one in kept)


def test_its_size_counts_the_weights_that_it_names(project: Project) -> None:
    project.learn(FEW)
    folder = project.backend.settings.data_dir / "artefacts" / "abc"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "weights.safetensors").write_bytes(b"0" * 5_000)
    candidate = Candidate(LearnedState(""), {}, {}, (), 0.0)
    bare = candidate.size(folder.parent)
    assert replace(candidate, artefacts=("abc",)).size(folder.parent) == bare + 5_000


class TestRollback:
    """`POST /models/use`."""

    @pytest.fixture
    def versions(self, project: Project) -> tuple[str, str]:
        """The old version, and the new one that is in force."""
        return project.learn(FEW)["model_version"], project.learn(MANY)["model_version"]

    def test_the_old_one_answers_at_once(self, project: Project, versions: tuple[str, str]) -> None:
        old, new = versions
        answer = project.use(old)
        assert answer.get_json() == {"name": old, "before": new}
        assert project.served == old
        assert project.statuses == {old: ("in force", None), new: ("rolled back", old)}

    def test_the_same_answers_do_not_bring_the_new_one_back(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        old, new = versions
        project.use(old)
        told = project.learn(replace(MANY, open_texts=["Another."]))
        assert told["model_version"] == project.served == old
        assert project.statuses == {old: ("in force", None), new: ("rolled back", old)}
        assert len([one for one in told["held_out"] if one]) == len(TEXTS)

    def test_nor_does_what_was_fitted_to_them_elsewhere(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        old, _ = versions
        project.use(old)
        assert project.challenge(believing(MANY, 0.99), MANY).model_version == old
        assert project.served == old

    def test_where_the_version_is_to_be_kept_no_answer_does(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        old, _ = versions
        project.use(old)
        told = project.learn(MORE, keep_version=True)
        assert told["model_version"] == project.served == old
        assert all(told["held_out"])

    def test_more_answers_may(self, project: Project, versions: tuple[str, str]) -> None:
        old, new = versions
        project.use(old)
        newest = project.learn(MORE)["model_version"]
        assert project.served == newest
        assert project.statuses == {
            newest: ("in force", None),
            old: ("superseded", newest),
            new: ("rolled back", old),
        }

    def test_an_untaught_one_may_be_used_too(self, project: Project) -> None:
        blank = project.learn(replace(FEW, answers=[]))["model_version"]
        project.learn(FEW)
        project.use(blank)
        assert project.learn(FEW)["model_version"] == project.served == blank
        assert project.learn(FEW)["held_out"] == []

    def test_what_is_unknown_is_refused_in_one_line(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        answer = project.use("signal-00000000")
        assert answer.status_code == 422
        assert answer.get_json()["error"] == (
            "There is no version 'signal-00000000' of this project that can be read."
            " `tandem models` lists those that there are."
        )
        assert project.served == versions[1]

    def test_what_was_fitted_under_another_label_config_is_refused(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        answer = project.use(versions[0], OTHER_CONFIG)
        assert answer.status_code == 422
        assert "does not apply any more" in answer.get_json()["error"]
        assert project.served == versions[1]

    def test_what_was_fitted_under_another_instruction_is_refused(
        self, project: Project, versions: tuple[str, str]
    ) -> None:
        project.learn(replace(FEW, instruction="Be strict."))
        with pytest.raises(SettingsError, match="the prompt or the label config changed"):
            project.backend.use("7", CONFIG, versions[0])

    def test_it_is_so_after_a_restart(
        self, new_app: NewApp, project: Project, versions: tuple[str, str]
    ) -> None:
        old, new = versions
        project.use(old)
        again = Project(new_app)
        assert again.served == old
        assert again.learn(MANY)["model_version"] == old
        assert again.statuses[new] == ("rolled back", old)


def test_the_digest_of_data_is_of_what_people_said_alone() -> None:
    digest = data_digest(FEW)
    assert (
        data_digest(replace(FEW, answers=[*reversed(FEW.answers)], texts=[], open_texts=["x"]))
        == digest
    )
    first, *rest = FEW.answers
    changes: Sequence[TrainingSet] = [
        replace(FEW, instruction="Other."),
        replace(FEW, answers=rest),
        replace(FEW, answers=[replace(first, label="other"), *rest]),
        replace(FEW, answers=[replace(first, probability=0.9), *rest]),
    ]
    assert len({digest, *map(data_digest, changes)}) == len(changes) + 1
