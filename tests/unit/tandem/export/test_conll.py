"""CoNLL files, read back by spaCy's own converter and by the tags' definition."""

from pathlib import Path

import pytest

from tandem.export.conll import write_conll
from tandem.export.split_request import SplitRequest, shares_of
from tests.support.labelled_projects import SPANS, LabelledProject, sentiments

Entity = tuple[str, str]


def entities(file: Path) -> list[list[Entity]]:
    """The words and label of each entity, by text, by what B, I and O mean."""
    texts: list[list[Entity]] = []
    for block in file.read_text("utf-8").strip("\n").split("\n\n"):
        found: list[Entity] = []
        for line in block.splitlines():
            token, _, _, tag = line.split(" ")
            mark, _, label = tag.partition("-")
            if mark == "B":
                found.append((token, label))
            elif mark == "I":
                words, own = found[-1]
                assert own == label, "an entity goes on under its label"
                found[-1] = (f"{words} {token}", label)
        texts.append(found)
    return texts


def test_spans_come_back_token_by_token(tmp_path: Path) -> None:
    texts = {3: "Ann Lee, of Old Town.", 5: "Nobody"}
    votes = {3: ['[[0,7,"PER"],[12,20,"Big place"]]'], 5: ["[]"]}
    (file,), misfits = write_conll(LabelledProject(texts, votes, SPANS).labelled(), tmp_path)
    assert file == tmp_path / "who" / "train.conll"
    assert str(misfits) == ""
    assert file.read_text("utf-8").splitlines()[:4] == [
        "Ann 3 0 B-PER",
        "Lee 3 4 I-PER",
        ", 3 7 O",
        "of 3 9 O",
    ]
    assert entities(file) == [[("Ann Lee", "PER"), ("Old Town", "Big_place")], []]


def test_spacy_s_converter_reads_the_same(tmp_path: Path) -> None:
    from spacy.training.converters.conll_ner_to_docs import conll_ner_to_docs

    texts = {1: "Ann sees Bob", 2: "In Old Town"}
    votes = {1: ['[[0,3,"PER"],[9,12,"PER"]]'], 2: ['[[3,11,"Big place"]]']}
    (file,), _ = write_conll(LabelledProject(texts, votes, SPANS).labelled(), tmp_path)
    content = file.read_text("utf-8")
    docs = conll_ner_to_docs(content, n_sents=0, no_print=True)  # type: ignore[no-untyped-call]
    found = [(one.text, one.label_) for doc in docs for one in doc.ents]
    assert found == [("Ann", "PER"), ("Bob", "PER"), ("Old Town", "Big_place")]


@pytest.mark.parametrize(
    ("spans", "kept", "says"),
    [
        (
            '[[1,4,"PER"]]',
            [
                ("Ann", "PER"),
            ],
            "1 spans that begin or end within a token",
        ),
        ('[[0,3,"PER"],[0,7,"Big place"]]', [("Ann Lee", "Big_place")], "1 that overlap"),
        ('[[3,4,"PER"]]', [], "1 without a token"),
        ('[[0,3,"PER"],[4,7,"PER"]]', [("Ann", "PER"), ("Lee", "PER")], ""),
    ],
)
def test_what_tags_cannot_hold_is_counted(
    tmp_path: Path, spans: str, kept: list[Entity], says: str
) -> None:
    project = LabelledProject({1: "Ann Lee"}, {1: [spans]}, SPANS)
    (file,), misfits = write_conll(project.labelled(), tmp_path)
    assert entities(file) == [kept]
    assert str(misfits).startswith(says)
    assert bool(str(misfits)) == bool(says)


def test_each_part_is_a_file_and_those_of_an_earlier_split_go(tmp_path: Path) -> None:
    texts = {task: f"Ann {task * 7919} met {task * 31}" for task in range(1, 41)}
    project = LabelledProject(texts, {task: ['[[0,3,"PER"]]'] for task in texts}, SPANS)
    files, _ = write_conll(project.labelled(SplitRequest(shares_of("80/20"))), tmp_path)
    assert [file.name for file in files] == ["train.conll", "test.conll"]
    assert sum(len(entities(file)) for file in files) == 40
    write_conll(project.labelled(), tmp_path)
    assert [file.name for file in (tmp_path / "who").iterdir()] == ["train.conll"]


def test_a_form_without_spans_has_no_such_file(tmp_path: Path) -> None:
    assert write_conll(sentiments(3).labelled(), tmp_path)[0] == ()
    assert list(tmp_path.iterdir()) == []
