"""One version's files, each whole or not at all.

VERSION/state.json    what was fitted
VERSION/beliefs.json  its report, the answers behind it, and what it believes of their texts
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backend.calibration.learned_state import LearnedState
from labeling.atomic_files import drafts_of, replacing
from labeling.json_values import record, table, text
from labeling.private_files import PRIVATE_FILE, make_private_folder
from labeling.protocol.learn import HeldOutResult
from labeling.protocol.models import ModelVersion

STATE = "state.json"
BELIEFS = "beliefs.json"


@dataclass(frozen=True, slots=True)
class Fitted:
    """All that is kept of a version.

    Attributes:
        version: Its entry in the register.
        learned: What was fitted.
        report: The report of the fit, in JSON's types.
        beliefs: What it believes of each text that it learned from, by the text's digest: no text
            is kept. None: nothing is known of it without its answer.
        answers: Digests of the answers that it was fitted on; see `EvaluationSet.digests`.
    """

    version: ModelVersion
    learned: LearnedState
    report: Mapping[str, Any] = field(default_factory=dict)
    beliefs: Mapping[str, HeldOutResult | None] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()


def version_folder(project: Path, name: str) -> Path:
    """Return where a version is kept.

    Args:
        project: The folder of its project.
        name: The version.

    Returns:
        A folder directly below the project's.
    """
    return project / re.sub(r"[^\w.-]", "_", name)


def write_version(folder: Path, fitted: Fitted) -> None:
    """Write a version into its folder, which is made.

    Raises:
        OSError: It cannot be written.
    """
    make_private_folder(folder)
    beliefs = {key: one and one.model_dump(mode="json") for key, one in fitted.beliefs.items()}
    told = {"report": fitted.report, "beliefs": beliefs, "answers": sorted(fitted.answers)}
    write_whole(folder / STATE, text_of(fitted.learned))
    write_whole(folder / BELIEFS, json.dumps(told))


def read_version(folder: Path, version: ModelVersion, learned: LearnedState) -> Fitted:
    """Read what `write_version` wrote beside the state.

    Args:
        folder: The version's folder.
        version: Its entry in the register.
        learned: Its state.

    Returns:
        All that is kept of it.

    Raises:
        ValueError: The file is damaged.
        OSError: It cannot be read.
    """
    found = record(
        json.loads((folder / BELIEFS).read_text("utf-8")), "report", "beliefs", "answers"
    )
    beliefs = {
        key: None if one is None else HeldOutResult.model_validate(one)
        for key, one in table(found["beliefs"]).items()
    }
    if not isinstance(found["answers"], list):
        raise ValueError("a list of answers was expected")
    answers = frozenset(map(text, found["answers"]))
    return Fitted(version, learned, table(found["report"]), beliefs, answers)


def read_state(folder: Path) -> LearnedState:
    """Read what was fitted of a version.

    Raises:
        ValueError: The file is damaged.
        OSError: It cannot be read.
    """
    return LearnedState.from_json(json.loads((folder / STATE).read_text("utf-8")))


def remove_version(folder: Path) -> None:
    """Remove a version's files, and its folder unless something else is in there.

    Args:
        folder: The version's; one that holds no version stays as it is, unless it is empty.

    Raises:
        OSError: They cannot be removed.
    """
    for file in (folder / STATE, folder / BELIEFS):
        for one in (file, *drafts_of(file)):
            one.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def text_of(learned: LearnedState) -> str:
    """Return the text that a state is kept as."""
    return json.dumps(learned.to_json(), indent=1)


def write_whole(file: Path, content: str) -> None:
    """Write a file that its owner alone may read.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    with replacing(file, mode=PRIVATE_FILE) as draft:
        draft.write_text(content, "utf-8")
