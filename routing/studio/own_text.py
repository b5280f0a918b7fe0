"""Tandem's own part of a project's description or instruction, beside what people wrote there.

Both texts are people's. What Tandem has to say stands at their end, between two marks, so that it
is replaced and taken out without touching a word that somebody else wrote. The marks are lines of a
description, which is plain text, and a division of an instruction, which is HTML that Label Studio
cleans of comments.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """What stands around Tandem's own part of a text.

    Attributes:
        begin: What stands before it.
        end: What stands behind it.
    """

    begin: str
    end: str

    def own_part(self, text: str) -> str:
        """Return Tandem's part of a text; empty where there is none."""
        found = self._pattern.search(text)
        return found["own"].strip() if found else ""

    def without_own(self, text: str) -> str:
        """Return a text as people wrote it.

        >>> DESCRIPTION.without_own(DESCRIPTION.with_own("Moods of letters.", "8 are left."))
        'Moods of letters.'
        """
        return self._pattern.sub("", text)

    def with_own(self, text: str, own: str) -> str:
        """Return a text with another part of Tandem's.

        Args:
            text: The text, with or without a part of Tandem's.
            own: What Tandem says; empty: nothing, and no marks either.

        Returns:
            What people wrote, then Tandem's part.
        """
        people = self.without_own(text)
        if not own.strip():
            return people
        gap = "\n\n" if people else ""
        return f"{people}{gap}{self.begin}\n{own.strip()}\n{self.end}"

    @property
    def _pattern(self) -> re.Pattern[str]:
        begin, end = re.escape(self.begin), re.escape(self.end)
        return re.compile(rf"(?:\n\n|\r\n\r\n)?{begin}\s*(?P<own>.*?)\s*{end}", re.DOTALL)


DESCRIPTION = Marks("— Tandem —", "— end of Tandem —")
INSTRUCTION = Marks('<div class="tandem">', "</div>")
