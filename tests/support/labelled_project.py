"""A project that people labelled before Tandem came, in memory, and a model that knows better."""

from pathlib import Path
from typing import Any, cast

from labeling.errors import BackendUnreachable
from labeling.protocol.judge import JudgedLabel, JudgeRequest, JudgeResponse
from labeling.protocol.learn import HeldOutPart, HeldOutResult, LearnRequest, LearnResponse
from labeling.settings.settings import Settings
from routing.snapshot.observe import observe
from routing.snapshot.snapshot import Snapshot
from tests.support.memory_project import MemoryLoop, new_memory_loop

FORMER = ["ada@memory.localhost", "ben@memory.localhost", "cyd@memory.localhost"]
"""Those who labelled it."""

DAN = "dan@memory.localhost"
"""Who answered nothing yet."""

REASON = "The text praises <b>nothing</b> at all."
"""What the model says of a label."""

TASKS, WRONG, SURE = 40, 4, 0.95

RIGHT = {f"Text {number}": "negative" if number % 2 else "positive" for number in range(TASKS)}
"""The right label of each text."""


class KnowingBackend:
    """A model that knows the right label of each text, and says so out of fold."""

    def __init__(self) -> None:
        self.taught: list[LearnRequest] = []
        self.is_away = False

    def learn(self, body: LearnRequest) -> LearnResponse:
        if self.is_away:
            raise BackendUnreachable("The ML backend does not answer")
        self.taught.append(body)
        believed = [belief_of(one.text) for one in body.answers]
        return LearnResponse(model_version="m-1", held_out=believed)

    def judge(self, body: JudgeRequest) -> JudgeResponse:
        """Say why of each label, but for the first, of which it says a probability alone."""
        if self.is_away:
            raise BackendUnreachable("The ML backend does not answer")
        results = [JudgedLabel(p_true=0.25, reason=REASON) for _ in body.labels]
        return JudgeResponse(model="tiny", results=[JudgedLabel(p_true=0.25), *results[1:]])


def belief_of(text: str) -> HeldOutResult:
    right = RIGHT[text]
    shares = {label: SURE if label == right else 1 - SURE for label in ("positive", "negative")}
    part = HeldOutPart(confidence=SURE, distribution=shares)
    return HeldOutResult(answer=right, confidence=SURE, calibrated=True, parts={"sentiment": part})


def labelled_project(folder: Path) -> MemoryLoop:
    """Posts that three people labelled right, but for four that two of them got wrong."""
    loop = new_memory_loop(folder, TASKS, *FORMER, DAN, max_votes=5)
    users = {one.email: one.id for one in loop.studio.users()}
    for place, task in enumerate(loop.studio.tasks()):
        right = RIGHT[task.data["text"]]
        wrong = "positive" if right == "negative" else "negative"
        for who, email in enumerate(FORMER):
            label = wrong if place < WRONG and who != place % 3 else right
            loop.studio.annotate(task.id, users[email], said(label))
    return loop


def said(label: str) -> list[dict[str, Any]]:
    region = {"from_name": "sentiment", "to_name": "text", "type": "choices"}
    return [{**region, "value": {"choices": [label]}}]


def look(loop: MemoryLoop, *, dry_run: bool = False) -> Snapshot:
    settings = Settings.model_validate(loop.sections)
    return observe(cast(Any, loop.studio), loop.ledger, settings, dry_run=dry_run)
