"""Servers' answers are read for what they say, and refused where they do not say it."""

import pytest

from backend.engines.openai.reading import (
    Token,
    choice_of,
    echoed_logprob,
    generation_of,
    tokens_of,
)
from labeling.errors import EngineError

ECHO = [
    Token(b"A", -100.0),
    Token(b" cat", -2.0),
    Token(b" is", -1.0),
    Token(b" an", -0.5),
    Token(b" animal", -0.25),
    Token(b".", -3.0),
]


def test_a_label_s_own_tokens_are_found_in_an_echo() -> None:
    assert echoed_logprob(ECHO, b"A cat is", b" an animal") == pytest.approx(-0.75)


def test_a_token_across_the_border_is_the_label_s() -> None:
    assert echoed_logprob(ECHO, b"A cat is ", b"an animal") == pytest.approx(-0.75)


def test_a_token_before_the_text_does_not_shift_the_label() -> None:
    echo = [Token(b"<s>", -100.0), *ECHO]
    assert echoed_logprob(echo, b"A cat is", b" an animal") == pytest.approx(-0.75)


def test_an_echo_of_another_text_is_refused() -> None:
    """A server writes tokens that end within a character as best it can."""
    broken = [*ECHO[:3], Token("\N{REPLACEMENT CHARACTER}".encode(), -1.0)]
    with pytest.raises(EngineError, match="not the text"):
        echoed_logprob(broken, b"A cat is", " 👍".encode())


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
    assert token == Token(b" R", -0.5, {b" S": -100.0})


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
