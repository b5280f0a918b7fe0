"""spaCy's files, read back by spaCy."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from labeling.errors import SettingsError
from tandem.export.spacy_docs import write_spacy
from tandem.export.split_request import SplitRequest, shares_of
from tests.support.labelled_projects import SEVERAL, SPANS, WRITTEN, LabelledProject, sentiments

if TYPE_CHECKING:
    from spacy.tokens import Doc


def docs_in(file: Path, language: str = "xx") -> "list[Doc]":
    import spacy
    from spacy.tokens import DocBin

    return list(DocBin().from_disk(file).get_docs(spacy.blank(language).vocab))


def test_spans_come_back_as_entities_and_as_a_group(tmp_path: Path) -> None:
    texts = {3: "Ann  Lee, of\nOld Town.", 5: "Nobody"}
    votes = {3: ['[[0,8,"PER"],[13,16,"PER"],[13,21,"Big place"]]'], 5: ["[]"]}
    (file,), misfits = write_spacy(LabelledProject(texts, votes, SPANS).labelled(), tmp_path)
    assert file == tmp_path / "who" / "train.spacy"
    marked, empty = docs_in(file)
    assert (marked.text, marked.user_data["task"]) == (texts[3], 3)
    assert [(one.text, one.label_) for one in marked.ents] == [
        ("Ann  Lee", "PER"),
        ("Old Town", "Big place"),
    ]
    assert [(one.text, one.label_) for one in marked.spans["sc"]] == [
        ("Ann  Lee", "PER"),
        ("Old", "PER"),
        ("Old Town", "Big place"),
    ]
    assert str(misfits) == "1 that overlap a longer one were left out"
    assert (len(empty.ents), len(empty.spans["sc"])) == (0, 0)


def test_a_span_that_ends_within_a_token_is_widened_and_counted(tmp_path: Path) -> None:
    project = LabelledProject({1: "Annabel Lee"}, {1: ['[[0,4,"PER"]]']}, SPANS)
    (file,), misfits = write_spacy(project.labelled(), tmp_path)
    assert [one.text for one in docs_in(file)[0].ents] == ["Annabel"]
    assert misfits.widened == 1


def test_a_choice_comes_back_as_categories(tmp_path: Path) -> None:
    (file,), _ = write_spacy(sentiments(4).labelled(), tmp_path)
    assert file == tmp_path / "sentiment" / "train.spacy"
    assert [doc.cats for doc in docs_in(file)] == [
        {"positive": 1.0, "negative": 0.0},
        {"positive": 1.0, "negative": 0.0},
        {"positive": 1.0, "negative": 0.0},
        {"positive": 0.0, "negative": 1.0},
    ]


def test_several_labels_come_back_as_categories(tmp_path: Path) -> None:
    project = LabelledProject({1: "Dear", 2: "Else"}, {1: ['["price","été"]'], 2: ["[]"]}, SEVERAL)
    (file,), _ = write_spacy(project.labelled(), tmp_path)
    assert [doc.cats for doc in docs_in(file)] == [
        {"price": 1.0, "été": 1.0},
        {"price": 0.0, "été": 0.0},
    ]


def test_tokens_are_those_of_the_language(tmp_path: Path) -> None:
    project = LabelledProject({1: "I can't"}, {1: ["[]"]}, SPANS)
    (file,), _ = write_spacy(project.labelled(), tmp_path, "en")
    assert [token.text for token in docs_in(file, "en")[0]] == ["I", "ca", "n't"]
    with pytest.raises(SettingsError, match=r"language 'q9'.*--language.*such as en"):
        write_spacy(project.labelled(), tmp_path, "q9")


def test_each_part_is_a_file(tmp_path: Path) -> None:
    data = sentiments(40).labelled(SplitRequest(shares_of("80/20")))
    train, test = write_spacy(data, tmp_path)[0]
    assert (len(docs_in(train)), len(docs_in(test))) == (32, 8)


def test_a_form_of_texts_alone_has_no_such_file(tmp_path: Path) -> None:
    project = LabelledProject({1: "Ann"}, {1: ['["Ann"]']}, WRITTEN)
    assert write_spacy(project.labelled(), tmp_path)[0] == ()
