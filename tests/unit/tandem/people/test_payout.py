"""The payout: who earned what in a period, in a file that a spreadsheet runs nothing of."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.settings.settings import Settings
from routing.work.active_time import TimedAnswer
from tandem.export.tables import write_spreadsheet
from tandem.people.payout import (
    COLUMNS,
    fairness_line,
    payout_of,
    rows_of,
    write_payout,
)
from tests.support.work import took

EMAILS = {11: "=HYPERLINK(evil)@example.org", 12: "béla@example.org"}
SETTINGS = Settings.model_validate({"costs": {"human_label": 0.1, "fair_per_hour": 12}})
NEW_YEAR = date(2026, 1, 1)
HIS, HERS = 11, 12


@pytest.fixture(autouse=True)
def _in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


WORK = [
    *(took(one, 60.0, by=HIS) for one in range(20)),
    *(took(one, 60.0, by=HERS) for one in range(20)),
    took(90, 60.0, by=HERS, minute=12 * 60),  # on the next day
    took(91, 60.0, by=HERS, kind="control"),
]


def test_days_count_at_both_ends() -> None:
    def earned(begin: int, end: int) -> list[str]:
        days = NEW_YEAR.replace(day=begin), NEW_YEAR.replace(day=end)
        return [str(one.pay.earned) for one in payout_of(WORK, EMAILS, SETTINGS, *days).lines]

    assert earned(1, 1) == ["2.00", "2.10"]
    assert earned(2, 2) == ["0.10"]
    assert earned(1, 2) == ["2.00", "2.20"]
    assert earned(3, 9) == []


def test_the_file_is_read_by_a_spreadsheet_which_runs_nothing(tmp_path: Path) -> None:
    payout = payout_of(WORK, EMAILS, SETTINGS, NEW_YEAR, NEW_YEAR)
    file = write_payout(payout, tmp_path / "pay" / "payout.csv")
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    assert list(rows[0]) == list(COLUMNS)
    assert [one["email"] for one in rows] == [
        "'=HYPERLINK(evil)@example.org",
        "béla@example.org",
    ]
    assert (rows[1]["labels"], rows[1]["controls"], rows[1]["earned"]) == ("20", "1", "2.10")


def test_a_text_that_is_no_formula_is_left_alone(tmp_path: Path) -> None:
    import pandas as pd

    file = write_spreadsheet(pd.DataFrame({"n": [-1.5], "t": ["a,b"]}), tmp_path / "x.csv")
    assert file.read_text("utf-8-sig") == 'n,t\n-1.5,"a,b"\n'


def test_the_admin_is_told_that_the_price_is_too_low_and_what_would_be_fair() -> None:
    payout = payout_of(WORK, {11: "ada", 12: "ben"}, SETTINGS, NEW_YEAR, NEW_YEAR)
    assert fairness_line(payout.lines[0], "$", 12.0) == (
        "ada earned $6.00 an hour, below the fair $12.00. The price is too low for these items:"
        " others need 60 s for the same ones. Fair would be $0.200 a label."
    )
    assert payout.fair_price == pytest.approx(0.2)


def test_who_is_slower_is_not_called_worse() -> None:
    quick = [took(one, 20.0, by=HERS) for one in range(20)]
    payout = payout_of([*WORK[:20], *quick], {11: "ada"}, SETTINGS, NEW_YEAR, NEW_YEAR)
    said = [fairness_line(one, "$", 12.0) for one in payout.lines]
    assert said[0] is not None
    assert "they took 60 s and the others 20 s. Slower is not worse" in said[0]
    assert said[1] is None


@given(
    st.lists(
        st.builds(
            took,
            st.integers(0, 30),
            st.floats(0, 120),
            by=st.sampled_from([HIS, HERS]),
            kind=st.sampled_from(["label", "control", "training"]),
            skipped=st.booleans(),
        ),
        max_size=40,
    )
)
def test_a_row_is_the_sum_of_its_parts_and_nothing_is_lost(work: list[TimedAnswer]) -> None:
    rows = rows_of(payout_of(work, EMAILS, SETTINGS, NEW_YEAR, NEW_YEAR))
    for one in rows:
        parts = [one[f"earned_{part}"] for part in ("labels", "controls", "training")]
        assert Decimal(one["earned"]) == sum(map(Decimal, parts))
        assert one["hours"] >= 0
    counted = sum(
        one[part] for one in rows for part in ("labels", "controls", "training", "skipped")
    )
    assert counted == len(work)
