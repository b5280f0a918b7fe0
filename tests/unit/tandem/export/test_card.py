"""The dataset card: what a reader must know before training on a dataset."""

from dataclasses import replace

import pytest

from tandem.export.card import CardTerms, card_of, plain
from tandem.export.features import columns_of
from tandem.export.labelled_dataset import labelled_dataset_of
from tandem.export.outcome import conclude, report_of
from tandem.export.split_request import SplitRequest, shares_of
from tests.support import observed_tasks
from tests.support.labelled_projects import LabelledProject, sentiments
from tests.support.snapshots import in_audit, snapshot_of

UNKNOWN = CardTerms()


def card(
    project: LabelledProject, request: SplitRequest | None = None, terms: CardTerms = UNKNOWN
) -> str:
    """The card's words, on one line."""
    data = project.labelled(request)
    written = card_of(data, columns_of(data), report_of(project.outcome), terms)
    return " ".join(written.split())


def test_a_licence_that_nobody_named_is_said_to_be_unknown() -> None:
    told = card(sentiments(4))
    assert "license: unknown" in told
    assert "**Unknown.** Nobody said under which terms" in told


def test_licence_and_language_are_in_the_header() -> None:
    told = card(sentiments(4), terms=CardTerms("cc-by-4.0", "en"))
    assert "license: cc-by-4.0 language: - en" in told
    assert "Unknown" not in told


def test_it_says_how_it_was_split_and_how_often_each_label_is_in_each_part() -> None:
    told = card(sentiments(100), SplitRequest(shares_of("80/20"), seed=3))
    assert "Split by the seed 3" in told
    assert "| train | 80 | | test | 20 |" in told
    assert "| `label` | positive | 60 | 15 | | `label` | negative | 20 | 5 |" in told


def test_it_says_how_far_people_agree_and_names_nobody() -> None:
    project = LabelledProject(
        {task: f"Text {task}" for task in range(1, 5)},
        {1: ["positive"] * 2, 2: ["negative"] * 2, 3: ["positive", "negative"], 4: ["positive"]},
    )
    told = card(project)
    assert "Answers: 7. People who gave them: 2; `votes` calls each by a number" in told
    assert "Of 3 tasks that several people answered, two answers agree in 67% of the pairs" in told
    assert "alpha 0.44" in told
    assert "example.org" not in told


def test_it_counts_duplicates_contradictions_and_leaks() -> None:
    project = LabelledProject(
        {1: "The very same", 2: "the very  same", 3: "Another one", 4: "Text of its own"},
        {1: ["positive"], 2: ["negative"], 3: ["positive"], 4: ["negative"]},
        data={1: {"part": "a"}, 2: {"part": "b"}, 3: {"part": "a"}, 4: {"part": "a"}},
    )
    told = card(project, SplitRequest(field="part"))
    assert "1 groups of the same text (but for case and spacing)" in told
    assert "**Contradictions**: 1 groups of the same text" in told
    assert "**Leaks**: 1 groups of duplicates stand in more than one part" in told
    assert "those that the field `part` of the data says" in told


def test_a_certified_promise_stands_with_its_certificate() -> None:
    outcome = conclude(snapshot_of(in_audit(400, None)))
    tasks = [observed_tasks.task(int(task)) for task in outcome.dataset["task"]]
    data = labelled_dataset_of(outcome, tasks, SplitRequest())
    told = " ".join(card_of(data, columns_of(data), report_of(outcome), UNKNOWN).split())
    assert "400 tasks: **certified** that no more than 40 (10%) of its labels" in told
    assert "`tandem verify certificate-1.json`" in told


def test_a_promise_that_is_not_certified_is_not_claimed() -> None:
    outcome = conclude(snapshot_of(in_audit(400, 20)))
    tasks = [observed_tasks.task(int(task)) for task in outcome.dataset["task"]]
    data = labelled_dataset_of(outcome, tasks, SplitRequest())
    told = card_of(data, columns_of(data), report_of(outcome), UNKNOWN)
    assert "**not certified yet**" in told
    assert "**certified**" not in told


@pytest.mark.parametrize("words", ["<b>x</b>", "[a](http://x)", "| a |", "`x`", "*x*"])
def test_somebody_s_words_are_no_markdown(words: str) -> None:
    report = replace(report_of(sentiments(2).outcome), title=words)
    data = sentiments(2).labelled()
    body = card_of(data, columns_of(data), report, UNKNOWN).split("---\n", 2)[2]
    assert words not in body
    assert plain(words) in body
