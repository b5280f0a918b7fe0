"""Users: who is there, who we are, and how another one is made without an e-mail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from label_studio_sdk.projects.assignments import (
    BulkTaskAssigneesRequestRequestSelectedItemsIncluded,
)

from labeling.errors import StudioRefused
from routing.studio.connection import Connection
from routing.studio.error_mapping import explain
from routing.studio.models import StudioUser
from routing.studio.reading import plain, user_of
from routing.studio.wire import TIMEOUT


class Users(Connection):
    """The part of `Studio` that is about users."""

    def me(self) -> StudioUser:
        """Return the user whose key it is."""
        with self.asking() as api:
            return user_of(plain(api.users.whoami()))

    def users(self) -> list[StudioUser]:
        """List the organization's users."""
        with self.asking() as api:
            return [user_of(plain(one)) for one in api.users.list()]

    def create_user(
        self, email: str, password: str, first_name: str = "", last_name: str = ""
    ) -> StudioUser:
        """Make a user who can log in; one who is there already is returned unchanged.

        `POST /api/users` ignores passwords, so this goes the way of an invited person: the
        organization's invite link and its form. Addresses like `model@localhost` are accepted.

        Args:
            email: Their address, which they log in with.
            password: Their password.
            first_name: Their first name.
            last_name: Their last name.

        Returns:
            The user.

        Raises:
            StudioRefused: The password is too weak, or the address is no address.
        """
        known = self._user(email)
        if known:
            return known
        with self.asking() as api:
            token = str(plain(api.organizations.invites.get_invite_link())["token"])
        form = {"email": email, "password": password}
        with filling_in(self.url, f"/user/signup/?token={token}", form):
            created = self._user(email)
        if created is None:
            raise StudioRefused(
                f"Label Studio did not make the user {email}",
                where=self.url,
                hint="Give a password of at least 8 characters that is not a common one.",
            )
        with self.asking() as api:
            api.users.update(id=created.id, first_name=first_name, last_name=last_name)
        return self._user(email) or created

    def delete_user(self, user: int) -> None:
        """Delete a user, whose annotations are nobody's then; one that is gone is no fault."""
        with self.asking() as api, self.unless_gone():
            api.users.delete(id=user)

    def assign(self, task_ids: Sequence[int], users: Sequence[int]) -> None:
        """Assign tasks to users, where the edition has the assignments API.

        Args:
            task_ids: The tasks.
            users: The users.
        """
        with self.asking() as api:
            api.projects.assignments.bulk_assign(
                id=self.project_id,
                selected_items=BulkTaskAssigneesRequestRequestSelectedItemsIncluded.model_validate(
                    {"all": False, "included": list(task_ids)}
                ),
                type="AN",
                users=list(users),
            )

    def unassign(self, task_id: int, users: Sequence[int]) -> None:
        """Take users off a task, where the edition has the assignments API.

        Args:
            task_id: The task.
            users: The users.
        """
        with self.asking() as api, self.unless_gone():
            api.projects.assignments.delete(
                id=self.project_id,
                task_pk=task_id,
                type="AN",
                users=",".join(map(str, users)),
            )

    def _user(self, email: str) -> StudioUser | None:
        return next((one for one in self.users() if one.email.lower() == email.lower()), None)


def legacy_token(url: str, email: str, password: str) -> str:
    """Log in as a user and read their legacy token, the same at every call.

    It is of use where the organization allows legacy tokens.

    Args:
        url: Label Studio's address.
        email: The user's address.
        password: The user's password.

    Returns:
        The token.

    Raises:
        StudioUnreachable: Nothing answers there.
        StudioRefused: Label Studio does not let the user in.
    """
    form = {"email": email, "password": password}
    with filling_in(url, "/user/login/", form) as session:
        answer = session.get("/api/current-user/token")
    if answer.status_code != httpx.codes.OK:
        raise StudioRefused(
            f"Label Studio does not let {email} in", where=url, hint="Check the password."
        )
    return str(answer.json()["token"])


def personal_access_token(url: str, email: str, password: str) -> str:
    """Log in as a user and make a personal access token, which that user alone can, and once.

    Args:
        url: Label Studio's address.
        email: The user's address.
        password: The user's password.

    Returns:
        The token.

    Raises:
        StudioUnreachable: Nothing answers there.
        StudioRefused: Label Studio does not let the user in.
    """
    form = {"email": email, "password": password}
    with filling_in(url, "/user/login/", form) as session:
        csrf = {"X-CSRFToken": session.cookies.get("csrftoken") or "", "Referer": url}
        answer = session.post("/api/token/", headers=csrf)
    if answer.status_code != httpx.codes.CREATED:
        raise StudioRefused(
            f"Label Studio makes no personal access token for {email}",
            where=url,
            hint="Check the password, that the organization allows personal access tokens, and that"
            " the user has none yet.",
        )
    return str(answer.json()["token"])


@contextmanager
def filling_in(url: str, path: str, values: dict[str, str]) -> Iterator[httpx.Client]:
    """Send one of Label Studio's own forms, as a browser does; lends the session after it.

    Args:
        url: Label Studio's address.
        path: Of the form, below it.
        values: What is filled in, by field.

    Yields:
        The session, logged in where the form did that.

    Raises:
        StudioUnreachable: Nothing answers there.
    """
    with httpx.Client(base_url=url, timeout=TIMEOUT) as session:
        try:
            session.get(path)
            csrf = {"csrfmiddlewaretoken": session.cookies.get("csrftoken") or ""}
            session.post(path, data={**values, **csrf}, headers={"Referer": url})
            yield session
        except httpx.HTTPError as error:
            raise explain(error, url) from error
