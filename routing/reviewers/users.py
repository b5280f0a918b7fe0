"""The users that Tandem works with: reviewers, and the user that stands for the model."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from labeling.errors import SettingsError
from labeling.settings.sections import ReviewerSettings
from labeling.settings.settings import Settings
from routing.facts.needs import abilities
from routing.facts.vote_demands import Reviewer
from routing.ledger.people import PersonEvent
from routing.people.states import as_asked
from routing.studio.client import Studio
from routing.studio.models import StudioUser

MODEL_NAME = ("Tandem", "(model)")


@dataclass(frozen=True, slots=True)
class People:
    """The users of a Label Studio, in their parts.

    Attributes:
        users: All of them, by id.
        reviewers: Those who may be asked, in the settings' order.
        model: The user that accepted answers are stored in the name of; None: not made yet.
        missing: Addresses of the settings' reviewers who are no users.
    """

    users: dict[int, StudioUser]
    reviewers: tuple[Reviewer, ...]
    model: int | None
    missing: tuple[str, ...] = ()

    def as_asked(self, states: Mapping[int, PersonEvent]) -> "People":
        """Return the same people, the reviewers as their states have them asked.

        Args:
            states: The latest event of each person, by user; none of them is applied yet.
        """
        return replace(self, reviewers=as_asked(self.reviewers, states))

    @property
    def names(self) -> dict[int, str]:
        """What people are called in the report: their e-mail addresses, which are unique."""
        return {user.id: user.email for user in self.users.values()}


def find_people(studio: Studio, settings: Settings, *, make_model: bool = True) -> People:
    """Find the reviewers and the model's user, and make the latter where it is missing.

    Args:
        studio: Label Studio.
        settings: The settings.
        make_model: False: do not make the model's user.

    Returns:
        All users, the reviewers among them, and the model's user where there is one.
    """
    users = studio.users()
    model = _find(users, settings.studio.model_user)
    if model is None and make_model:
        # Nobody ever logs in as the model, so nobody needs to know the password.
        first_name, last_name = MODEL_NAME
        model = studio.create_user(
            settings.studio.model_user, secrets.token_urlsafe(24), first_name, last_name
        )
        users = [*users, model]
    return People(
        users={user.id: user for user in users},
        reviewers=reviewers_of(users, settings),
        model=model.id if model else None,
        missing=tuple(one.email for one in settings.reviewers if _find(users, one.email) is None),
    )


def reviewers_of(users: Collection[StudioUser], settings: Settings) -> tuple[Reviewer, ...]:
    """Return the reviewers whom the settings name, as far as they are users, in that order."""
    found = [(one, _find(users, one.email)) for one in settings.reviewers]
    return tuple(_reviewer(user.id, one) for one, user in found if user)


def require_reviewers(people: People, *, has_begun: bool) -> None:
    """Refuse reviewers of the settings who are no users of Label Studio.

    Once people were asked, whoever is gone is replaced by the others.

    Args:
        people: Who was found.
        has_begun: Whether people were asked something already.

    Raises:
        SettingsError: One is missing and nothing has begun, or nobody is left.
    """
    if people.missing and not (has_begun and people.reviewers):
        raise SettingsError(
            f"The reviewer {people.missing[0]} is no user of Label Studio",
            where="reviewers",
            hint="Invite them under Organization, Add People, or correct the address.",
        )


def _reviewer(worker: int, one: ReviewerSettings) -> Reviewer:
    able = abilities([*one.languages, *one.abilities])
    return Reviewer(
        worker, one.capacity, one.expert, abilities=able, groups=one.groups, price=one.price
    )


def _find(users: Collection[StudioUser], email: str) -> StudioUser | None:
    return next((user for user in users if user.email.lower() == email.lower()), None)
