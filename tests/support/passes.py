"""Passes of a loop, made until nothing is left to do."""

from tests.support.loops import Loop, Person


def until_rest(loop: Loop, *people: Person, label: str = "positive") -> None:
    """Make passes, and have people answer, until one changes nothing and nothing remains.

    Args:
        loop: The project in the loop.
        people: Who answers.
        label: What they say.
    """
    for _ in range(12):
        report = loop.sync()
        if not report.changes and not report.remaining:
            return
        loop.answer_all(label, *people)
    raise AssertionError(f"the passes do not come to rest: {report}")
