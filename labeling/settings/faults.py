"""What is wrong with settings, each in one line: which setting, why, and where it stands."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from labeling.errors import SettingsError
from labeling.settings.reference import Setting, sections, setting_at, settings_by_place
from labeling.settings.settings import SECRETS, Settings
from labeling.settings.sources import Given
from labeling.settings.yaml_lines import Place
from labeling.suggestion import closest

LONGEST_SHOWN = 40
"""Characters of a value that a message shows."""


class InvalidSettings(SettingsError):
    """Several settings cannot be used; told a line each.

    Args:
        faults: What is wrong, each on its own.
    """

    def __init__(self, faults: Sequence[SettingsError]) -> None:
        self.faults = tuple(faults)
        super().__init__("Settings cannot be used")

    @property
    def lines(self) -> tuple[str, ...]:
        """What a person is told: a line for each thing that is wrong."""
        return tuple(line for fault in self.faults for line in fault.lines)

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


def require_none(faults: Sequence[SettingsError]) -> None:
    """Raise what is wrong, if anything is.

    Raises:
        SettingsError: The one fault.
        InvalidSettings: The faults, where there are several.
    """
    if faults:
        raise faults[0] if len(faults) == 1 else InvalidSettings(faults)


def validation_faults(error: ValidationError, given: Given) -> list[SettingsError]:
    """Put what pydantic found into words.

    Args:
        error: Pydantic's account.
        given: What was set, and where.

    Returns:
        A fault for each setting.
    """
    found = {one["loc"]: one for one in error.errors(include_url=False)}
    within = {place[:end] for place in found for end in range(len(place))}
    return [_fault(one, given) for place, one in found.items() if place not in within]


def consistency_faults(settings: Settings, given: Given) -> Iterator[SettingsError]:
    """Find settings that do not go together.

    Args:
        settings: The settings, each of which is well for itself.
        given: What was set, and where.

    Yields:
        What is wrong.
    """
    policy = settings.policy
    if policy.votes > policy.max_votes:
        where = given.origin_of(("policy", "votes"))
        place = ("policy", "votes") if where else ("policy", "max_votes")
        yield SettingsError(
            f"policy.votes is {policy.votes}, more than policy.max_votes, {policy.max_votes}",
            where=given.origin_of(place),
            hint="Raise policy.max_votes, or lower policy.votes.",
        )
    first: dict[str, int] = {}
    for index, reviewer in enumerate(settings.reviewers):
        before = first.setdefault(reviewer.email.strip().lower(), index)
        if before != index:
            there = given.origin_of(("reviewers", before)) or f"reviewers[{before + 1}]"
            yield SettingsError(
                f"The reviewer {reviewer.email} is named twice, first in {there}",
                where=given.origin_of(("reviewers", index)),
                hint="Keep one of the two.",
            )
    addresses = ("studio", "backend", "server", "annotator")
    for name in (*(f"{one}.url" for one in addresses), "backend.url_for_studio"):
        section, _, field = name.partition(".")
        url = getattr(getattr(settings, section), field)
        if url is not None and not url.lower().startswith(("http://", "https://")):
            yield SettingsError(
                f"{name} must begin with http:// or https://, and is {_shown(url)}",
                where=given.origin_of((section, field)),
                hint=f"Write it as a browser shows it, such as {example_of(name)}.",
            )


def example_of(name: str) -> str:
    """Return an address that may stand at a setting."""
    default = settings_by_place()[name].default
    return str(default or settings_by_place()["backend.url"].default)


def _fault(details: ErrorDetails, given: Given) -> SettingsError:
    place, kind = tuple(details["loc"]), details["type"]
    name, where = dotted(place), given.origin_of(place)
    if kind == "extra_forbidden":
        return unknown_setting(place, where)
    setting = setting_at(place)
    if kind == "missing":
        return SettingsError(f"{name} must be given", where=where, hint=_explained(setting))
    if kind == "value_error":
        reason = str(details.get("ctx", {}).get("error", details["msg"]))
        return SettingsError(f"{name}: {reason}", where=where, hint=_explained(setting))
    value = details["input"]
    if setting is None:
        section = next((one for one in sections() if one.name == place[0]), None)
        many = section is not None and section.is_repeated and len(place) == 1
        what = {"controls": "a section by control", "reviewers": "a list of sections"}.get(
            str(place[0]) if many else "", "a section of settings"
        )
        shown = _shown(value)
    else:
        is_entry = isinstance(place[-1], int)
        what = _with_article(setting.values.removeprefix("list of " if is_entry else ""))
        shown = "not that" if _is_secret(setting) else _shown(value)
    return SettingsError(
        f"{name} must be {what}, and is {shown}", where=where, hint=_meant(setting, value)
    )


def unknown_setting(place: Place, where: str | None = None) -> SettingsError:
    """Return the error that there is no such setting, with the one that may have been meant.

    Args:
        place: What was named.
        where: Where it stands.

    Returns:
        The error.
    """
    name, known = dotted(place), settings_by_place()
    named = [str(one) for one in place if not isinstance(one, int)]
    leaf = named[-1] if named else ""
    places = {**dict.fromkeys(known), **{one.name: None for one in sections() if one.name}}
    siblings = {one.name: one.place for one in known.values() if one.section == named[0]}
    same = [one.place for one in known.values() if one.name == leaf]
    meant = (
        next(iter(same), None)
        or siblings.get(closest(leaf, siblings) or "")
        or closest(name, places)
    )
    hint = f"Did you mean {meant}?" if meant else "`tandem settings` lists what can be set."
    return SettingsError(f"There is no setting {name}", where=where, hint=hint)


def dotted(place: Iterable[str | int]) -> str:
    """Return a place as people write it, entries of lists counted from 1: `reviewers[2].email`."""
    written = ""
    for one in place:
        written += f"[{one + 1}]" if isinstance(one, int) else f".{one}"
    return written.removeprefix(".")


def _explained(setting: Setting | None) -> str:
    name = f" {setting.place}" if setting else ""
    return f"`tandem settings{name}` explains it."


def _meant(setting: Setting | None, value: Any) -> str:
    choices = re.findall(r"`([^`]+)`", setting.values) if setting else []
    meant = closest(value, choices) if isinstance(value, str) else None
    return f"Did you mean {meant}?" if meant else _explained(setting)


def _with_article(values: str) -> str:
    """Return what a setting takes, as the end of a sentence."""
    article = "one of " if values.startswith("`") else "a "
    return article + values.replace("`", "")


def _is_secret(setting: Setting) -> bool:
    return (setting.section, setting.name) in SECRETS


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = " ".join(repr(value).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
