"""Spans are made of tokens that a crowd tagged, and every way of agreeing on them is judged."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench.controls import main
from bench.controls_spans import draw, is_tagged, measure, read_tagged, runs_of, texts_of
from labeling.answers.types import spans_of


def test_a_token_belongs_to_the_sentence_that_it_ends() -> None:
    tokens = ["Go", "!", "!!", "See", "URL", *["so"] * 31]

    assert [len(text) for text in texts_of(tokens)] == [2, 1, 2, 30, 1]


def test_runs_of_a_tag_are_spans_of_the_joined_tokens() -> None:
    tokens = ["Got", "Cliff", "Lee", "today", "!"]
    spans = runs_of(tokens, ["VERB", "NOUN", "NOUN", "NOUN", "."], "NOUN")

    assert spans == [(4, 19, "NOUN")]
    assert " ".join(tokens)[4:19] == "Cliff Lee today"
    assert runs_of(["a", "b", "c"], ["NOUN", "X", "NOUN"], "NOUN") == [
        (0, 1, "NOUN"),
        (4, 5, "NOUN"),
    ]


def test_every_token_gets_as_many_votes_as_the_least_voted_has() -> None:
    votes = [[("u", "a"), ("v", "b"), ("w", "c")], [("u", "a"), ("w", "b")]]
    drawn = draw(votes, seed=0)

    assert [len(own) for own in drawn] == [2, 2]
    for own, every in zip(drawn, votes, strict=True):
        assert not Counter(own) - Counter(every)


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """Three texts whose tokens three people tag alike, and right but for one."""
    folder = tmp_path / "tagged"
    folder.mkdir()
    tokens = ["Cliff", "Lee", "won", ".", "Texas", "!", "I", "bet", "on", "it", "."]
    gold = ["NOUN", "NOUN", "VERB", ".", "NOUN", ".", "PRON", "VERB", "ADP", "PRON", "."]
    said = ["NOUN", "NOUN", "VERB", ".", "X", *gold[5:]]
    items = [f'{n},"{token}"' for n, token in enumerate(tokens)]
    votes = [f"{n},{worker},{tag}" for n, tag in enumerate(said) for worker in "uvw"]
    (folder / "items.csv").write_text("\n".join(["item_id,text", *items]))
    (folder / "gold.csv").write_text(
        "\n".join(["task,label", *(f"{n},{tag}" for n, tag in enumerate(gold))])
    )
    (folder / "crowd.csv").write_text("\n".join(["task,worker,label", *votes]))
    return folder


def test_all_ways_find_what_all_people_say(tagged: Path) -> None:
    found = measure(read_tagged(tagged), seeds=2)

    assert is_tagged(tagged)
    assert len(found) == 6
    for ways in found.values():
        assert ways["span F1"] == pytest.approx(2 / 3)
        assert ways["character F1"] == pytest.approx(2 * 9 / (9 + 14))


def test_gold_spans_lie_in_their_texts(tagged: Path) -> None:
    read = read_tagged(tagged)
    answers = [read.answer(text, read.gold) for text in read.texts]

    assert [spans_of(answer) for answer in answers] == [[(0, 9, "NOUN")], [(0, 5, "NOUN")], []]


def test_a_folder_of_tokens_needs_no_model(
    tagged: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    main([str(tagged), "--seeds", "1", "--json"])

    content = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (content["controls"], content["cost"]) == ([], [])
    assert set(content["aggregation"]["tagged"]["whole, majority-vote"]) == {
        "span F1",
        "character F1",
    }
