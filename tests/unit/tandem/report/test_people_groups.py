"""Who differs from whom, in the report: by the groups that the settings declare people to be in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from labeling.errors import SettingsError
from labeling.form.form import parse
from labeling.settings.load import load
from labeling.settings.sections import ReviewerSettings
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation
from tandem.export.outcome import conclude, report_of
from tandem.report import render
from tandem.report.people_groups import declared_by, people_groups
from tests.support.certified_population import state_of
from tests.support.label_configs import on_text
from tests.support.ledger_states import answer
from tests.support.report_pages import Page
from tests.support.snapshots import facts_of, snapshot_of

STARS = parse(on_text('<Rating name="stars" toName="text" maxRating="5"/>'))
PEOPLE = {f"w{n}@example.org": ("north", "south", "east")[n % 3] for n in range(18)}
REVIEWERS = [{"email": who.upper(), "groups": {"region": where}} for who, where in PEOPLE.items()]


def annotations() -> list[LedgerAnnotation]:
    """Everybody answers every task; the north gives two stars more."""
    rng = np.random.default_rng(0)
    return [
        replace(
            answer(100 * task + n, task, 2, "positive"),
            answer=str(rng.integers(1, 3) + 2 * (where == "north")),
            worker=who,
            worker_id=n,
        )
        for task in range(1, 13)
        for n, (who, where) in enumerate(PEOPLE.items())
    ]


def facts(reviewers: list[dict[str, Any]]) -> ProjectFacts:
    state = replace(state_of(dict.fromkeys(range(1, 13), "A text.")), annotations=annotations())
    return facts_of(state, STARS, reviewers=reviewers)


def test_a_region_that_gives_more_stars_is_named_on_the_page() -> None:
    known = facts(REVIEWERS)
    snapshot = replace(snapshot_of(known.state, form=STARS), facts=known)
    section = Page(render(report_of(conclude(snapshot)))).sections["people-groups"]
    assert "By region" in section
    assert "north gives 2." in section
    assert "steps more than others" in section
    assert "north 6 12 step, on average" in section


def test_without_declared_groups_there_is_no_such_section() -> None:
    known = facts([])
    assert people_groups(known) == ()
    snapshot = replace(snapshot_of(known.state, form=STARS), facts=known)
    assert "people-groups" not in Page(render(report_of(conclude(snapshot)))).sections


def test_few_people_of_a_group_are_named_as_too_few_and_nothing_is_told_of_them() -> None:
    lone = [
        one | {"groups": {"region": "west"}} if n == 0 else one for n, one in enumerate(REVIEWERS)
    ]
    [control] = people_groups(facts(lone))
    assert control.compared.too_small == (("region", "west"),)
    assert "west" not in {one.group for one in control.compared.differences}


def test_the_page_shows_what_is_sure_and_what_differs_most() -> None:
    [control] = people_groups(facts(REVIEWERS))
    [(kind, shown, compared)] = control.kinds
    assert (kind, compared) == ("region", len(control.compared.differences))
    assert len(shown) == 10 < compared
    assert shown[0].is_shown
    assert shown[0].group == "north"


def test_people_are_known_by_their_e_mail_whatever_its_case() -> None:
    ada = ReviewerSettings(email="Ada@Example.org", groups={"age": "30-39"})
    silent = ReviewerSettings(email="ben@example.org")
    workers = {"ada@example.org", "ben@example.org"}
    assert declared_by([ada, silent], workers) == {"ada@example.org": {"age": "30-39"}}


def test_reviewers_with_an_e_mail_alone_stay_valid_and_groups_are_words(tmp_path: Any) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text("reviewers:\n  - email: a@b.c\n  - {email: d@e.f, groups: {age: 30-39}}\n")
    first, second = load(file).reviewers
    assert (first.groups, second.groups) == ({}, {"age": "30-39"})
    file.write_text("reviewers:\n  - {email: d@e.f, groups: {age: [30, 39]}}\n")
    with pytest.raises(SettingsError, match="groups"):
        load(file)
