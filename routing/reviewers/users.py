"""The users that Tandem works with: reviewers, and the user that stands for the model."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from labeling.errors import SettingsError
from labeling.settings.settings import Settings
from routing.facts.vote_demands import Reviewer
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
    """

    users: dict[int, StudioUser]
    reviewers: tuple[Reviewer, ...]
    model: int | None

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

    Raises:
        SettingsError: A reviewer of the settings is no user of Label Studio.
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
    reviewers = []
    for reviewer in settings.reviewers:
        user = _find(users, reviewer.email)
        if user is None:
            raise SettingsError(
                f"The reviewer {reviewer.email} is no user of Label Studio",
                where="reviewers",
                hint="Invite them under Organization, Add People, or correct the address.",
            )
        reviewers.append(Reviewer(user.id, reviewer.capacity, reviewer.expert))
    return People({user.id: user for user in users}, tuple(reviewers), model.id if model else None)


def _find(users: Sequence[StudioUser], email: str) -> StudioUser | None:
    return next((user for user in users if user.email.lower() == email.lower()), None)
