"""Scores outlive the process, and answer only the very same question to the very same model."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backend.engines import GenerateRequest, Generation, Prompt, Request, Scored
from backend.engines.answer_cache import AnswerCache

REQUEST = Request(Prompt("Instruction. ", "A text", " Label:"), (" a", " b"))
SCORED = Scored(np.array([-1.5, -2.25]), truncated=True)
ROOMY = 1 << 30

OTHERS = {
    "text": Request(Prompt("Instruction. ", "Another text", " Label:"), (" a", " b")),
    "prompt": Request(Prompt("Instruction! ", "A text", " Label:"), (" a", " b")),
    "place of the text": Request(Prompt("Instruction. A", " text", " Label:"), (" a", " b")),
    "labels": Request(REQUEST.context, (" a", " c")),
    "order of labels": Request(REQUEST.context, (" b", " a")),
    "adapter": Request(REQUEST.context, REQUEST.continuations, "a" * 64),
    "chat": Request(Prompt("Instruction. ", "A text", " Label:", True), (" a", " b")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cache = AnswerCache(tmp_path / "answers.sqlite3", "model one", ROOMY)
    cache.put({REQUEST: SCORED})
    cache.close()
    return tmp_path


def test_gives_back_what_was_put_before_a_restart(folder: Path) -> None:
    cache = AnswerCache(folder / "answers.sqlite3", "model one", ROOMY)
    found = cache.get([REQUEST])[REQUEST]
    assert isinstance(found, Scored)
    assert found.loglikelihoods.tolist() == [-1.5, -2.25]
    assert found.truncated
    cache.close()


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_another_question_is_unknown(folder: Path, other: Request) -> None:
    cache = AnswerCache(folder / "answers.sqlite3", "model one", ROOMY)
    assert cache.get([other]) == {}
    cache.close()


def test_what_was_kept_before_there_were_adapters_is_found(folder: Path) -> None:
    cache = AnswerCache(folder / "answers.sqlite3", "model one", ROOMY)
    assert cache._key(REQUEST) == "3d39545ad14aaa94c1c05af891a5c417693581ba4c7357393216aad25ecb3446"
    cache.close()


def test_another_model_is_asked_anew(folder: Path) -> None:
    cache = AnswerCache(folder / "answers.sqlite3", "model two", ROOMY)
    assert cache.get([REQUEST]) == {}
    cache.close()


def test_keeps_texts_too(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite3", "model one", ROOMY)
    warm = GenerateRequest(REQUEST.context, temperature=0.7, seed=1)
    cache.put({warm: Generation(" a", np.array([-0.5]), is_whole=False)})
    found = cache.get([warm, replace(warm, seed=2)])
    assert [*found] == [warm]
    written = found[warm]
    assert isinstance(written, Generation)
    assert (written.text, written.is_whole) == (" a", False)
    assert written.token_logprobs.tolist() == [-0.5]
    cache.close()
