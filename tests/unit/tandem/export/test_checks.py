"""What is found about a dataset before it is trained on."""

import json

import pytest

from labeling.errors import SettingsError
from tandem.export.checks import DatasetChecks
from tandem.export.split_request import SplitRequest, request_of, shares_of
from tests.support.labelled_projects import EVERYTHING, SPANS, WRITTEN, LabelledProject, sentiments

EIGHTY = shares_of("80/10/10")


def checks(project: LabelledProject, request: SplitRequest | None = None) -> DatasetChecks:
    return project.labelled(request).checks


def test_one_text_with_two_labels_is_a_contradiction() -> None:
    found = checks(
        LabelledProject(
            {1: "Same", 2: "same", 3: "Else"}, {1: ["positive"], 2: ["negative"], 3: []}
        )
    )
    assert found.contradictions == ((1, 2),)
    assert found.contradicting == {1, 2}


def test_a_duplicate_without_a_label_contradicts_nothing() -> None:
    found = checks(LabelledProject({1: "Same", 2: "same"}, {1: ["positive"]}))
    assert found.duplicates.exact == ((1, 2),)
    assert found.contradictions == ()


def test_nearly_the_same_text_with_two_labels_is_told_apart() -> None:
    text = "The parcel came two weeks late and the box was open, so I want my money back."
    found = checks(
        LabelledProject(
            {1: text, 2: text.replace("two", "six")}, {1: ["positive"], 2: ["negative"]}
        )
    )
    assert (found.contradictions, found.near_contradictions) == ((), ((1, 2),))


def test_spans_that_mark_the_same_words_agree_wherever_these_stand() -> None:
    texts = {1: "Ann sees Bob", 2: "  ann  sees bob", 3: "ANN SEES BOB"}
    votes = {1: ['[[0,3,"PER"]]'], 2: ['[[2,5,"PER"]]'], 3: ['[[9,12,"PER"]]']}
    assert checks(LabelledProject({1: texts[1], 2: texts[2]}, votes, SPANS)).contradictions == ()
    assert checks(LabelledProject(texts, votes, SPANS)).contradictions == ((1, 2, 3),)


def test_written_answers_need_only_be_alike() -> None:
    votes = {1: ['["The cat sat on the mat."]'], 2: ['["the cat sat on a mat"]']}
    project = LabelledProject({1: "Same", 2: "same"}, votes, WRITTEN)
    assert checks(project).contradictions == ()


def test_of_a_form_every_control_that_counts_must_agree() -> None:
    def said(mood: str, who: str) -> list[str]:
        return [json.dumps({"mood": mood, "who": who}, separators=(",", ":"))]

    texts = {1: "Ann", 2: "ann", 3: "Bob", 4: "bob"}
    votes = {
        1: said("good", '[[0,3,"PER"]]'),
        2: said("good", "[]"),
        3: said("bad", "[]"),
        4: said("bad", "[]"),
    }
    assert checks(LabelledProject(texts, votes, EVERYTHING)).contradictions == ((1, 2),)


def test_where_nothing_is_written_or_marked_nothing_can_be_missing() -> None:
    assert checks(sentiments(3)).grounded == {}


def test_duplicates_are_in_one_part() -> None:
    project = sentiments(100)
    texts = {**project.texts, **{task: project.texts[task - 50] for task in range(51, 101)}}
    found = checks(LabelledProject(texts, project.votes), SplitRequest(EIGHTY))
    assert len(found.duplicates.exact) == 50
    assert found.leaks == ()
    assert all(found.parts[task] == found.parts[task + 50] for task in range(1, 51))


def test_a_field_keeps_its_values_together() -> None:
    data = {task: {"author": task % 30} for task in range(1, 201)}
    found = checks(sentiments(200, data=data), SplitRequest(EIGHTY, group="author"))
    parts = {
        author: {found.parts[task] for task in data if data[task]["author"] == author}
        for author in range(30)
    }
    assert all(len(one) == 1 for one in parts.values())
    assert min(found.sizes.values()) >= 7


def test_parts_that_the_data_says_are_kept_and_their_leaks_named() -> None:
    data = {task: {"part": "test" if task > 6 else "train"} for task in range(1, 9)}
    texts = {**sentiments(8).texts, 8: sentiments(8).texts[1]}
    found = checks(
        LabelledProject(texts, sentiments(8).votes, data=data), SplitRequest(field="part")
    )
    assert found.sizes == {"test": 2, "train": 6}
    assert found.leaks == ((1, 8),)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (SplitRequest(EIGHTY), "No task is left for the part 'test': 4 are labelled"),
        (SplitRequest(EIGHTY, group="autor"), "No task has the field 'autor'.*author"),
        (SplitRequest(field="split"), "No task has the field 'split'"),
        (SplitRequest(field="author"), "'an author' is no part's name"),
    ],
)
def test_what_cannot_be_split_so_is_said(request_: SplitRequest, says: str) -> None:
    data = {task: {"author": "an author"} for task in range(1, 5)}
    with pytest.raises(SettingsError, match=says):
        checks(sentiments(4, data=data), request_)


def test_a_task_that_says_no_part_is_named() -> None:
    with pytest.raises(SettingsError, match="Task 2 says no part"):
        checks(sentiments(2, data={1: {"part": "train"}}), SplitRequest(field="part"))


@pytest.mark.parametrize(
    ("typed", "shares"),
    [
        ("80/10/10", {"train": 0.8, "validation": 0.1, "test": 0.1}),
        ("0.75/0.25", {"train": 0.75, "test": 0.25}),
        ("75 / 25", {"train": 0.75, "test": 0.25}),
    ],
)
def test_shares_are_read_as_they_are_typed(typed: str, shares: dict[str, float]) -> None:
    assert shares_of(typed) == pytest.approx(shares)


@pytest.mark.parametrize("typed", ["", "80", "80/x", "80/0/20", "1/1/1/1", "-1/2", "80/40"])
def test_what_are_no_shares_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(SettingsError, match="80/10/10"):
        shares_of(typed)


def test_a_split_is_made_or_given_not_both() -> None:
    with pytest.raises(SettingsError, match="Leave out --split"):
        request_of("80/20", "part", None, 0)
    with pytest.raises(SettingsError, match="Add --split"):
        request_of(None, None, "author", 0)
