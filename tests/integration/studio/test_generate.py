"""Synthetic texts in a real Label Studio, written by the bundled model: from the first to none."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backend.calibration.noisy_labels import NoisyLabels
from backend.classifiers.words import undecided
from backend.learning.learners.registry import chosen
from backend.learning.material import Material, Texts
from backend.synthesis.folder import GATES, PASSED, TEXTS
from backend.synthesis.generation.recipe import WrittenText
from backend.synthesis.generation.text_file import read_texts
from backend.synthesis.learned_texts import digests, read_learned_texts
from backend.synthesis.review import NAME
from backend.training.job import Job
from backend.training.results import FittedLearner
from backend.training.steps import WorkerStep
from labeling.data_fields import SYNTHETIC_ID
from labeling.settings.settings import Settings
from routing.studio import Studio
from routing.synthetic_review import mark
from tandem.servers.label_studio import LabelStudioServer
from tests.support.commands import tandem, the_object
from tests.support.loops import Person
from tests.support.studio_fixtures import NewStudioProject
from tests.support.watched_trainer import Watched

pytestmark = [pytest.mark.studio, pytest.mark.model, pytest.mark.timeout(900)]

LABELS = ("negative", "positive")
SAID = {
    "negative": (
        *("was dull from beginning to end", "made us angry and we hated it"),
        *("was the worst we ever had", "is a mess and not worth a penny"),
    ),
    "positive": (
        *("was wonderful from beginning to end", "made us laugh and we loved it"),
        *("was the best we ever had", "is great and worth every penny"),
    ),
}
THINGS = ("The film", "This book", "Our dinner", "The hotel", "His new album")
ANSWERS = [
    (f"{thing} {said}.", label)
    for label in LABELS
    for thing, said in itertools.product(THINGS, SAID[label])
]
NUMBER, AT_ONCE = 18, 16
GENERATE = (
    *("generate", "--answers", "answers.csv", "--method", "paraphrase", "--number", str(NUMBER)),
    *("--max-tokens", "14", "--temperature", "0.7", "--json"),
)
KILLED_WITHIN_A_LINE = """
import os, signal
from backend.synthesis.generation.text_file import TextFile

whole = TextFile.add

def add(self, texts):
    if self.texts:
        with self.file.open("ab") as opened:
            opened.write(b'{"id": "0123')
        os.kill(os.getpid(), signal.SIGKILL)
    whole(self, texts)

TextFile.add = add
from tandem.cli.app import app
app()
"""
"""Runs a command that dies with its second batch half a line on the disk."""


def run(folder: Path, out: str, *python: str) -> "subprocess.CompletedProcess[str]":
    """Have texts written in a process of its own."""
    return subprocess.run(
        [sys.executable, *python, *GENERATE, "--out", out],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "LABEL_STUDIO_API_KEY"},
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with answers, and texts whose writing was killed, gone on with, and gated."""
    folder = tmp_path_factory.mktemp("generate")
    rows = [f"{text},{label}" for text, label in ANSWERS]
    (folder / "answers.csv").write_text("\n".join(["text,label", *rows]))
    (folder / "tandem.yaml").write_text("model: {device: cpu}\nlearning: {embedding: null}\n")
    killed = run(folder, "out", "-c", KILLED_WITHIN_A_LINE)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    lines = (folder / "out" / TEXTS).read_bytes().split(b"\n")
    assert (len(lines), lines[-1]) == (AT_ONCE + 1, b'{"id": "0123'), "it died within a line"
    again = run(folder, "out", "-m", "tandem")
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert (told["known"], told["new"]) == (AT_ONCE, NUMBER - AT_ONCE), "nothing is asked twice"
    return folder


def test_a_killed_run_that_is_gone_on_with_writes_the_same_texts(written: Path) -> None:
    undisturbed = run(written, "whole", "-m", "tandem")
    assert undisturbed.returncode == 0, undisturbed.stderr
    for name in (TEXTS, PASSED, GATES):
        expected = (written / "whole" / name).read_bytes()
        assert (written / "out" / name).read_bytes() == expected, name


@pytest.mark.usefixtures("empty_folder")
def test_what_passed_is_reviewed_used_and_removed(
    written: Path,
    tmp_path: Path,
    label_studio: LabelStudioServer,
    studio_project: NewStudioProject,
    people: tuple[Person, Person, Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    main = Studio(label_studio.url, label_studio.token, studio_project(5))
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", label_studio.token)
    sections = {
        "studio": {"url": label_studio.url, "project": main.project_id},
        "model": {"device": "cpu"},
        "learning": {"embedding": None, "synthetic": "out"},
    }
    Path("tandem.yaml").write_text(json.dumps(sections))
    passed = {one.id: one for one in read_texts(Path("out") / PASSED)}
    assert len(passed) >= 5, "the bundled model writes some that pass"

    review = ("generate", "--out", "out", "--review", "4", "--json")
    first = the_object(tandem(*review))
    again = the_object(tandem(*review))
    assert (first["new"], again["new"], again["waiting"]) == (4, 0, 4)
    assert mark.find(main.descriptions(), main.project_id) == first["project"]
    door = main.beside(first["project"])
    tasks = {str(one.data[SYNTHETIC_ID]): one for one in door.tasks()}
    assert len(tasks) == 4
    assert all(one.data["synthetic"] is True and not one.predictions for one in tasks.values())
    assert door.backends() == [], "no model tells people what it believes"

    ana, (confirmed, refused, *_) = people[0], sorted(tasks)
    ana.answer(tasks[confirmed].id, passed[confirmed].recipe.label)
    ana.answer(tasks[refused].id, other_than(passed[refused]))
    told = the_object(tandem(*review))
    assert (told["new"], told["waiting"]) == (0, 2)
    assert told["review"]["figures"]["confirmed"] == 0.5
    gates = json.loads((Path("out") / GATES).read_text("utf-8"))
    assert [one for one in gates if one["name"] == NAME] == [told["review"]]

    used = learned_from(Settings.model_validate(sections))
    usable = digests(one.text for one in passed.values() if one.id != refused)
    assert used <= usable, "what people refused is not learned from"
    assert [task.annotations for task in main.tasks()] == [()] * 5, "the dataset has none of it"

    gone = the_object(tandem("generate", "--out", "out", "--remove", "--json"))
    assert gone["removed"] == NUMBER
    assert gone["kept_tasks"] == sorted(tasks[one].id for one in (confirmed, refused))
    assert {one.id for one in door.tasks()} == {*gone["kept_tasks"]}, "people's work stays"
    assert not Path("out").exists()


def other_than(text: WrittenText) -> str:
    return next(label for label in LABELS if label != text.recipe.label)


def learned_from(settings: Settings) -> frozenset[str]:
    """Train the learner of synthetic texts; return the digests of those that it used."""
    labels = np.array([LABELS.index(label) for _, label in ANSWERS], dtype=np.intp)
    none = undecided(len(ANSWERS), len(LABELS))
    known = Texts(tuple(text for text, _ in ANSWERS), none)
    material = Material(LABELS, known, NoisyLabels(none, labels, np.ones(len(ANSWERS))))
    watched = Watched(settings)
    results: Any
    try:
        steps = [WorkerStep(chosen(["synthetic"]))]
        watched.trainer.schedule(Job("7", "first", {"sentiment": material}, steps, watched.take))
        outcome = watched.outcome()
        assert outcome.outcome == "done", outcome.why
        [(_, results)] = watched.handed
        found = results["sentiment"]["synthetic"]
        assert isinstance(found, FittedLearner)
        return read_learned_texts(settings.data_dir / "artefacts" / found.artefact).texts
    finally:
        watched.trainer.close()
