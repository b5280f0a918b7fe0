"""Whether an answer stands in the text that it is about, or was made up."""

from collections.abc import Iterable

from labeling.answers.folding import folded_words


def is_grounded(said: Iterable[str], source: str) -> bool:
    """Return whether all that is said occurs in a text, word by word.

    Case, spacing and punctuation make no difference. A summary or a translation is hardly ever
    grounded in this sense, right or wrong; an extract that is not was invented or changed.

    Args:
        said: Texts, such as those that were written, or what spans are said to hold.
        source: The text that they are about.

    Returns:
        Whether each of them occurs in it.

    Examples:
        >>> is_grounded(["the  Cat"], "I saw the cat.")
        True
        >>> is_grounded(["the dog"], "I saw the cat.")
        False
    """
    return all(_occurs(one.strip(), source) for one in said)


def _occurs(said: str, source: str) -> bool:
    """Return whether words occur, from word to word where words are written apart."""
    words, known = folded_words(said), folded_words(source)
    if not words:
        return said != "" and said in source
    return f" {words} " in f" {known} " or (not words.isascii() and words in known)
