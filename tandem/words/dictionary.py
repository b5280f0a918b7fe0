"""The dictionary: every word with its meaning, as `words.toml` has it, and how one is found."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from labeling.errors import TandemError


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the meaning that it has here.

    Attributes:
        name: How it is written.
        meaning: One or two plain sentences; what stands between backticks is code.
        also: Other forms under which it is looked up.
        code: Where it is in the code.
        page: A page of the documentation that tells more, by its name; None: there is none.
    """

    name: str
    meaning: str
    also: tuple[str, ...]
    code: str
    page: str | None

    @property
    def plain(self) -> str:
        """The meaning without marks, as a tooltip or a terminal shows it."""
        return self.meaning.replace("`", "")


@dataclass(frozen=True, slots=True)
class Chapter:
    """Words that belong together.

    Attributes:
        title: What they have in common.
        about: The same in a sentence.
        words: The words, those first that one needs first.
    """

    title: str
    about: str
    words: tuple[Word, ...]


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return all words, chapter by chapter; the first is what a status uses."""
    content = tomllib.loads(files("tandem.words").joinpath("words.toml").read_text("utf-8"))
    return tuple(
        Chapter(one["title"], one["about"], tuple(map(_word, one["word"])))
        for one in content["chapter"]
    )


def all_words() -> Iterator[Word]:
    """Return every word, in the order of the chapters."""
    return (word for chapter in chapters() for word in chapter.words)


def find(asked: str) -> Word:
    """Return the word that is meant, in whatever form it is asked for.

    >>> find("Audits").name
    'audit'

    Raises:
        TandemError: There is no such word; the nearest ones are named.
    """
    forms = _forms()
    word = forms.get(_folded(asked))
    if word is not None:
        return word
    near = get_close_matches(_folded(asked), forms, n=3, cutoff=0.6)
    names = dict.fromkeys(forms[one].name for one in near)
    raise TandemError(
        f"No word “{asked}” is known",
        hint=(f"Did you mean {' or '.join(names)}? " if names else "")
        + "Run `tandem explain` for the list of all words.",
    )


@cache
def _forms() -> Mapping[str, Word]:
    """Return the word of each form; a name wins over another word's form."""
    forms = {_folded(form): word for word in all_words() for form in word.also}
    return MappingProxyType(forms | {_folded(word.name): word for word in all_words()})


def _folded(form: str) -> str:
    return " ".join(form.casefold().replace("_", " ").replace("-", " ").split())


def _word(entry: Mapping[str, Any]) -> Word:
    return Word(
        entry["name"],
        entry["meaning"],
        tuple(entry.get("also", ())),
        entry["code"],
        entry.get("page"),
    )
