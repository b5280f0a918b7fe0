"""Whom a name means, or the one line that says why it means nobody."""

from labeling.errors import SettingsError
from routing.reviewers.places import names_of, reviewers_called
from routing.reviewers.users import People

PLACE = "`reviewers` in the settings"


def person_called(people: People, name: str) -> int:
    """Return the person who is called so: a reviewer by any name, anybody else by their address.

    Args:
        people: Everybody.
        name: A first name, a whole name, an address, or what stands before its `@`.

    Returns:
        The user.

    Raises:
        SettingsError: Nobody is called so, or several are.
    """
    found = reviewers_called(people, name) or _with_address(people, name)
    if len(found) == 1:
        return found[0]
    if found:
        addresses = " or ".join(people.users[one].email for one in found)
        raise SettingsError(f"{name!r} may be {addresses}", where=PLACE, hint="Give the address.")
    names = ", ".join(names_of(people).values())
    raise SettingsError(
        f"Nobody is called {name!r}",
        where=PLACE,
        hint=f"Name one of them: {names}; or give somebody's address."
        if names
        else "Give the address.",
    )


def _with_address(people: People, name: str) -> list[int]:
    return [
        one.id
        for one in people.users.values()
        if one.email.casefold() == name.casefold() and one.id != people.model
    ]
