"""The dictionary: each word once, in plain sentences, found in whatever form it is asked for."""

import re
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest

from labeling.errors import TandemError
from routing.standing.standing import AuditStanding, Standing
from tandem.words.dictionary import all_words, chapters, find
from tandem.words.glossary import page

ROOT = Path(__file__).parents[4]
OF_EVERY_STATUS = (
    *("pilot", "blind", "pre-label", "freeze", "frozen", "population", "audit", "certified"),
    *("promise", "settled", "given up", "round", "calibration", "coverage", "share kept"),
)
PLAIN = {
    "ignored",
    "of_nobody",
    "of_excluded",
    "people",
    "unreadable_tasks",
    "unreadable_why",
    *("project", "address", "work", "room", "notices", "form_problem", "backend_problem"),
    *("answered", "kept_at", "to_come", "spend"),
}
"""Names of a standing's numbers that mean what they say."""


def test_the_words_of_every_status_are_explained() -> None:
    assert all(find(word).meaning for word in OF_EVERY_STATUS)


@pytest.mark.parametrize(
    "name", sorted({one.name for kind in (Standing, AuditStanding) for one in fields(kind)} - PLAIN)
)
def test_what_a_status_counts_is_found_under_the_name_that_it_has_there(name: str) -> None:
    assert find(name).meaning


def test_no_word_has_two_meanings() -> None:
    names = Counter(word.name for word in all_words())
    assert names.most_common(1)[0][1] == 1


def test_no_form_is_that_of_two_words() -> None:
    forms = Counter(form for word in all_words() for form in (word.name, *word.also))
    assert [form for form, count in forms.items() if count > 1] == []


@pytest.mark.parametrize("name", [word.name for word in all_words()])
def test_a_meaning_is_one_or_two_plain_sentences(name: str) -> None:
    meaning = find(name).plain
    assert meaning[0].isupper()
    assert meaning.endswith((".", "…"))
    assert len(re.findall(r"[.…](?: |$)", meaning)) <= 2
    assert len(meaning) <= 220
    assert "`" not in meaning


@pytest.mark.parametrize("asked", ["Audit", "audits", "AUDITS", " audits ", "in_audit"])
def test_a_word_is_found_in_any_form(asked: str) -> None:
    assert find(asked).name == "audit"


def test_an_unknown_word_is_told_with_the_nearest() -> None:
    with pytest.raises(TandemError, match=r"“adit” is known\. Did you mean audit\?"):
        find("adit")


def test_what_is_like_no_word_leads_to_the_list() -> None:
    with pytest.raises(TandemError, match=r"known\. Run `tandem explain` for the list"):
        find("zzz")


def test_the_glossary_is_the_one_that_the_words_give() -> None:
    written = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert written == page(), "Run: python -m tandem.words.glossary > docs/glossary.md"


def test_a_page_that_is_named_is_there() -> None:
    named = {word.page for word in all_words() if word.page}
    assert named
    assert all((ROOT / "docs" / f"{name}.md").exists() for name in named)


def test_what_one_needs_first_comes_first() -> None:
    assert [word.name for word in chapters()[0].words][:3] == ["promise", "population", "pilot"]
