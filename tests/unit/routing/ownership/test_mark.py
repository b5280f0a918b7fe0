"""The mark of a ledger comes and goes in a description; all other words stay."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from routing.ledger.identity import LedgerIdentity
from routing.ownership.mark import find, line, marked, with_mark
from routing.studio.own_text import DESCRIPTION

OURS = LedgerIdentity("3f2a9c", date(2026, 1, 31))
THEIRS = LedgerIdentity("77b01e", date(2025, 12, 1))
WORDS = st.text(st.characters(exclude_characters="—\r", exclude_categories=["Cs"]))


@given(WORDS)
def test_a_description_names_its_ledger_and_keeps_its_words(people: str) -> None:
    text = marked(people, OURS)
    assert find(text) == OURS
    assert DESCRIPTION.without_own(text) == people
    assert marked(text, OURS) == text
    assert find(marked(text, THEIRS)) == THEIRS
    assert marked(text, None) == people


def test_the_mark_is_the_last_line_of_what_tandem_says() -> None:
    text = DESCRIPTION.with_own("Moods of letters.", "8 are left.")
    assert DESCRIPTION.own_part(marked(text, OURS)) == f"8 are left.\n{line(OURS)}"
    assert with_mark(f"{line(THEIRS)}\n8 are left.", OURS) == f"8 are left.\n{line(OURS)}"


def test_no_mark_is_found_where_none_is() -> None:
    for text in ["", "tandem: ledger", "see tandem: ledger 3f2a since 2026-01-31"]:
        assert find(text) is None


def test_it_is_found_where_somebody_took_away_what_stands_around_it() -> None:
    assert find(f"Moods of letters.\r\n{line(OURS)}\r\n") == OURS
