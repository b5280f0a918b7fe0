"""Texts without what makes no difference to what they say, so that they can be compared."""

import re
import unicodedata

_BESIDE_WORDS = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    r"""Return a text without regard to case, width and spacing.

    Examples:
        >>> folded("Hello\n  World! ")
        'hello world!'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def folded_words(text: str) -> str:
    """Return the words of a text, without regard to case, width, spacing and punctuation.

    Examples:
        >>> folded_words("“Don't”, said Ann.")
        'don t said ann'
    """
    return _BESIDE_WORDS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
