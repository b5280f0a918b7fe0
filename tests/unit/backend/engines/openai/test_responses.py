"""Servers' answers are read for what they say, and refused where they do not say it."""

import pytest

from backend.engines.openai.responses import TokenLogprob, choice_of, generation_of, tokens_of
from labeling.errors import EngineError


@pytest.mark.parametrize(
    "logprobs",
    [
        {
            "content": [
                {
                    "token": " R",
                    "bytes": [32, 82],
                    "logprob": -0.5,
                    "top_logprobs": [{"token": " S", "bytes": [32, 83], "logprob": -9999.0}],
                }
            ]
        },
        {"tokens": [" R"], "token_logprobs": [-0.5], "top_logprobs": [{" S": None}]},
    ],
    ids=["of chats", "of completions"],
)
def test_both_forms_of_log_probabilities_are_read(logprobs: object) -> None:
    [token] = tokens_of({"logprobs": logprobs})
    assert token == TokenLogprob(b" R", -0.5, {b" S": -100.0})


@pytest.mark.parametrize(
    "choice",
    [
        {"message": {"refusal": "I cannot."}, "finish_reason": "stop"},
        {"message": {"content": ""}, "finish_reason": "content_filter"},
    ],
)
def test_a_refusal_is_an_error(choice: object) -> None:
    with pytest.raises(EngineError, match="refused"):
        choice_of({"choices": [choice]})


def test_a_cut_text_says_so_and_under_a_schema_is_an_error() -> None:
    choice = {"text": '{"label": "wo', "finish_reason": "length"}
    assert not generation_of(choice, must_be_whole=False).is_whole
    with pytest.raises(EngineError, match="cut off"):
        generation_of(choice, must_be_whole=True)


def test_an_empty_text_is_an_error() -> None:
    with pytest.raises(EngineError, match="empty"):
        generation_of({"text": " \n", "finish_reason": "stop"}, must_be_whole=False)
