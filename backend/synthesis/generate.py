"""From people's answers to synthetic texts that passed the gates, in a folder of their own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from backend import engines
from backend.synthesis.answered_project import AnsweredProject, LearnedProject
from backend.synthesis.encoding import Encode, encoding
from backend.synthesis.folder import GATES, PASSED, TEXTS, alone, remove_files, replace_file
from backend.synthesis.gates import Passed, all_gates, pass_gates
from backend.synthesis.generation.attributes import Attributes, propose
from backend.synthesis.generation.budget import Spending, WritingBudget
from backend.synthesis.generation.orders import Source, plan
from backend.synthesis.generation.recipe import Method, WrittenText
from backend.synthesis.generation.text_file import TextFile, read_texts
from backend.synthesis.generation.write import Sampling, Told, Writing, write_texts
from backend.synthesis.review import read_review, report
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be written.

    Attributes:
        method: How.
        number: Texts by this method.
        sampling: How they are sampled.
        attributes: Values by attribute; for the method of that name.
        held_out: Texts that something is judged on, which nothing may repeat.
        budget: What all texts of the folder may take.
    """

    method: Method
    number: int
    sampling: Sampling
    attributes: Attributes | None = None
    held_out: tuple[str, ...] = ()
    budget: WritingBudget = field(default_factory=WritingBudget)


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of it.

    Attributes:
        writing: What was written.
        passed: What passed the gates, of all texts of the folder.
        spending: What all texts of the folder took.
    """

    writing: Writing
    passed: Passed
    spending: Spending


def generate(
    project: AnsweredProject,
    wanted: Wanted,
    folder: Path,
    settings: Settings,
    told: Told = lambda _, __: None,
) -> Generated:
    """Write texts, and have all of the folder pass the gates.

    Args:
        project: People's answers.
        wanted: What is to be written; what the folder has of it is not written again.
        folder: Where texts are kept; made where it is missing.
        settings: Name language model and embedding model.
        told: Is told how far the writing is.

    Returns:
        What came of it.

    Raises:
        Busy: Another process writes into the folder.
        EngineError: A model cannot be loaded, or fails altogether.
        SettingsError: There is nothing that texts could be made from, or the folder is unusable.
    """
    with alone(folder), encoding(settings) as encode:
        texts = TextFile(folder / TEXTS)
        learned = LearnedProject.learn(project, encode)
        writing = _write(learned, wanted, texts, settings, told)
        passed = _gate(learned, texts.texts, wanted.held_out, folder, encode)
        return Generated(writing, passed, Spending.of(texts.texts))


def remove(folder: Path) -> list[WrittenText]:
    """Remove all synthetic texts of a folder, and the folder where nothing else is in it.

    Args:
        folder: Where `generate` kept them.

    Returns:
        The texts that there were.

    Raises:
        Busy: Another process writes into the folder.
        SettingsError: There are none, or they cannot be read.
        OSError: They cannot be removed.
    """
    texts = read_texts(folder / TEXTS)
    remove_files(folder)
    return texts


def propose_attributes(project: AnsweredProject, settings: Settings, seed: int) -> Attributes:
    """Have the model propose attributes; see `backend.synthesis.generation.attributes.propose`.

    Args:
        project: What is asked.
        settings: Name the model.
        seed: Of the sampling.

    Returns:
        The attributes.
    """
    engine = engines.load(settings)
    try:
        return propose(engine, project.task.instruction, [*project.task.shown.values()], seed)
    finally:
        engine.close()


def _write(
    learned: LearnedProject, wanted: Wanted, file: TextFile, settings: Settings, told: Told
) -> Writing:
    source = Source(
        learned.project.values,
        learned.hardest_first,
        wanted.attributes or {},
        learned.confusion,
    )
    orders = plan(wanted.method, wanted.number, source, wanted.sampling.seed)
    engine = engines.load(settings)
    try:
        return write_texts(
            engine, orders, learned.project.task, file, wanted.sampling, wanted.budget, told
        )
    finally:
        engine.close()


def _gate(
    learned: LearnedProject,
    written: Sequence[WrittenText],
    held_out: tuple[str, ...],
    folder: Path,
    encode: Encode,
) -> Passed:
    """Have texts pass the gates, and write what passed; labels that are gone pass nothing."""
    places = {value: place for place, value in enumerate(learned.project.values)}
    known = [one for one in written if one.recipe.label in places]
    texts = tuple(one.text for one in known)
    synthetic = SyntheticTexts(
        texts,
        np.array([places[one.recipe.label] for one in known], dtype=np.intp),
        encode(texts) if texts else None,
        tuple(one.recipe.parent for one in known),
        np.array([places.get(one.recipe.rival, -1) for one in known], dtype=np.intp),
    )
    gates = all_gates(learned.classifier, learned.usual_margin)
    passed = pass_gates(gates, synthetic, learned.beside(held_out, encode))
    kept = [one for one, passes in zip(known, passed.passes, strict=True) if passes]
    lines = (f"{json.dumps(one.to_json(), ensure_ascii=False)}\n" for one in kept)
    replace_file(folder / PASSED, "".join(lines))
    if review := read_review(folder):
        passed = replace(passed, reports=(*passed.reports, report(kept, review)))
    reports = [one.to_json() for one in passed.reports]
    replace_file(folder / GATES, json.dumps(reports, indent=1))
    return passed
