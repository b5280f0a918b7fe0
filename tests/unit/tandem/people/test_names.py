"""Whom a name means; one line says what to do where it means nobody, or several."""

import pytest

from labeling.errors import SettingsError
from routing.facts.vote_demands import Reviewer
from routing.reviewers.users import People
from routing.studio.models import StudioUser
from tandem.people.names import person_called

MODEL = 4
USERS = {
    1: StudioUser(1, "ann@example.org", "Ann Lee"),
    2: StudioUser(2, "anna@example.org", "Ann Poe"),
    3: StudioUser(3, "boss@example.org", "Bo Oss"),
    MODEL: StudioUser(MODEL, "model@example.org", "Model"),
}
PEOPLE = People(USERS, (Reviewer(1, 10), Reviewer(2, 10)), MODEL)


@pytest.mark.parametrize(
    ("name", "worker"),
    [("Ann Lee", 1), ("ANN POE", 2), ("anna@example.org", 2), ("Boss@example.org", 3)],
)
def test_a_name_means_a_reviewer_and_an_address_anybody(name: str, worker: int) -> None:
    assert person_called(PEOPLE, name) == worker


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "Dora",
            "Nobody is called 'Dora' (`reviewers` in the settings). Name one of them: Ann Lee, Ann"
            " Poe; or give somebody's address.",
        ),
        (
            "ann",
            "'ann' may be ann@example.org or anna@example.org (`reviewers` in the settings). Give"
            " the address.",
        ),
        ("Bo", "Nobody is called 'Bo'"),
        ("model@example.org", "Nobody is called 'model@example.org'"),
    ],
)
def test_what_means_nobody_or_several_is_one_line(name: str, line: str) -> None:
    with pytest.raises(SettingsError) as failed:
        person_called(PEOPLE, name)
    assert str(failed.value).startswith(line)


def test_where_nobody_reviews_the_address_is_asked_for() -> None:
    with pytest.raises(SettingsError, match="Give the address"):
        person_called(People(USERS, (), MODEL), "Dora")
