"""The page of all words, docs/glossary.md.

`python -m tandem.words.glossary > docs/glossary.md` writes it.
"""

from tandem.words.dictionary import Chapter, Word, chapters

_INTRODUCTION = """\
<!-- Made from tandem/words/words.toml by `python -m tandem.words.glossary > docs/glossary.md`. -->

# Glossary

One meaning a word, the same in code, help, report and Label Studio. `tandem explain WORD` says the
same. Where a word has a page of its own, the page is named.
"""


def page() -> str:
    """Write the page, in Markdown."""
    return "\n".join([_INTRODUCTION, *map(_chapter, chapters())])


def _chapter(chapter: Chapter) -> str:
    rows = "".join(f"{_row(word)}\n" for word in chapter.words)
    return (
        f"## {chapter.title}\n\n{chapter.about}\n\n"
        f"| Word | Means | In the code |\n|---|---|---|\n{rows}"
    )


def _row(word: Word) -> str:
    more = f" ([{word.page}]({word.page}.md))" if word.page else ""
    return f"| {word.name} | {word.meaning}{more} | `{word.code}` |"


if __name__ == "__main__":
    print(page(), end="")
