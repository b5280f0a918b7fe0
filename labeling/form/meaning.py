"""What a label config means, apart from how it looks: whether two ask the same, and what differs.

Colours, hotkeys, layout and the order of tags are looks. Everything else counts: names, choices,
conditions, what stands over a control, and every attribute that is not known to be about looks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from labeling.answers.types import canonical_json
from labeling.form.config import places_of
from labeling.form.tags import attributes_of, tree_of
from labeling.hashing import digest_of

MOST_NAMED = 3
"""Differences that a line names; the others are counted."""

_LOOKS = frozenset(
    {
        "background",
        "class",
        "classname",
        "fillcolor",
        "fillopacity",
        "flip",
        "highlightcolor",
        "hotkey",
        "icon",
        "layout",
        "maxwidth",
        "minwidth",
        "opacity",
        "placeholder",
        "requiredmessage",
        "rows",
        "selectedcolor",
        "showinline",
        "showlabels",
        "showlinenumbers",
        "size",
        "strokecolor",
        "strokewidth",
        "style",
    }
)
"""Attributes, in small letters, that change no answer and no question."""

_ARRANGING = frozenset(
    ["collapse", "filter", "header", "pagedview", "panel", "repeater", "shortcut", "style", "view"]
)
"""Tags, in small letters, that neither ask nor show a task's data, though they may have a name."""

_OFF = frozenset(["allownested", "perregion", "peritem", "required", "selected"])
"""Attributes that mean the same as nothing where they are `false`."""

_NESTED = frozenset(["choice", "label"])
"""Tags, in small letters, that are an answer of the control that they stand in."""

_WHEN = frozenset(["whentagname", "whenchoicevalue", "whenlabelvalue", "visiblewhen"])
"""Attributes, in small letters, of whatever stands around a control that say when it shows."""


@dataclass(frozen=True, slots=True)
class TagMeaning:
    """What a tag with a name means.

    Attributes:
        tag: The tag, in small letters.
        attributes: What is set of it, by the attribute in small letters.
        options: What is set of each answer that it offers, by the value that is stored; nested
            ones by their path.
        shown: What stands over it, and when it shows.
    """

    tag: str
    attributes: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]
    shown: Mapping[str, str]


def meaning_of(config: str) -> dict[str, TagMeaning]:
    """Return what each control and each object of a label config means, by its name.

    >>> before = '<View><Text name="t" value="$t"/><Rating name="r" toName="t"/></View>'
    >>> after = before.replace("<Rating", '<Rating size="large"')
    >>> meaning_of(before) == meaning_of(after)
    True
    """
    root = tree_of(config)
    titles = {name: place.title for name, place in places_of(config).items()}
    return {} if root is None else dict(sorted(_named(root, titles, {})))


def meaning_digest(config: str) -> str:
    """Return the SHA-256, in hex, of what a label config means."""
    return digest_of(canonical_json({n: asdict(one) for n, one in meaning_of(config).items()}))


def differences(before: str, after: str) -> list[str]:
    """Say what changed between two label configs, a few words a change.

    Args:
        before: The earlier label config.
        after: The later one.

    Returns:
        Such as "choice 'neutral' was added to 'mood'"; none where they mean the same.
    """
    if before == after:
        return []
    old, new = meaning_of(before), meaning_of(after)
    return [
        *(f"{new[name].tag} {name!r} was added" for name in new if name not in old),
        *(f"{old[name].tag} {name!r} was removed" for name in old if name not in new),
        *(words for name in old if name in new for words in _changes(name, old[name], new[name])),
    ]


def in_short(changes: Sequence[str]) -> str:
    """Name the first of some `differences`, and count the others."""
    others = len(changes) - MOST_NAMED
    more = [f"{others} more"] if others > 0 else []
    return ", ".join([*changes[:MOST_NAMED], *more])


def _named(
    element: Any, titles: Mapping[str, str], around: Mapping[str, str]
) -> Iterator[tuple[str, TagMeaning]]:
    """Return every tag with a name below an element."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        attributes = _attributes(child)
        when = {key: value for key, value in attributes.items() if key in _WHEN}
        name = attributes.pop("name", "")
        if name and child.tag.lower() not in _ARRANGING:
            shown = {**around, **({"title": titles[name]} if name in titles else {})}
            options = dict(sorted(_options(child)))
            yield name, TagMeaning(child.tag.lower(), attributes, options, shown)
        else:
            yield from _named(child, titles, {**around, **when})


def _options(element: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Return the answers that a control offers, by the path of what is stored."""
    for child in element:
        if not isinstance(child.tag, str):
            continue
        attributes = _attributes(child)
        if child.tag.lower() not in _NESTED:
            yield from _options(child, path)
            continue
        stored = attributes.get("alias", attributes.get("value", ""))
        here = f"{path} > {stored}" if path else stored
        yield here, attributes
        yield from _options(child, here)


def _attributes(element: Any) -> dict[str, str]:
    """Return what is set of a tag and is more than looks."""
    return {
        key: value
        for key, value in sorted(attributes_of(element).items())
        if key not in _LOOKS and not (key in _OFF and value.strip().lower() == "false")
    }


def _changes(name: str, old: TagMeaning, new: TagMeaning) -> Sequence[str]:
    """Say how a tag changed that both label configs have."""
    if old == new:
        return []
    if old.tag != new.tag:
        return [f"{name!r} was {old.tag} and is {new.tag}"]
    removed = [option for option in old.options if option not in new.options]
    added = [option for option in new.options if option not in old.options]
    if len(removed) == len(added) == 1:
        said = [f"choice {removed[0]!r} of {name!r} was renamed to {added[0]!r}"]
    else:
        said = [f"choice {option!r} was removed from {name!r}" for option in removed]
        said += [f"choice {option!r} was added to {name!r}" for option in added]
    kept = [option for option in old.options if option in new.options]
    said += [
        f"{key} of choice {option!r} of {name!r} changed"
        for option in kept
        for key in _differing(old.options[option], new.options[option])
    ]
    said += [f"{key} of {name!r} changed" for key in _differing(old.attributes, new.attributes)]
    return said + [f"{key} of {name!r} changed" for key in _differing(old.shown, new.shown)]


def _differing(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    return sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
