"""The questions of a form are made with work in proportion to its controls."""

import sys
from types import FrameType

import pytest

from backend.questions.factory import QuestionFactory
from labeling.settings.settings import Settings
from tests.support.questions import CONTROLS, form_of

SETTINGS = Settings()


def calls_for(kind: str, controls: int) -> int:
    """Count the functions of Python that are called while so many controls are made questions."""
    copies = [CONTROLS[kind].replace('name="c"', f'name="c{n}"') for n in range(controls)]
    form, calls = form_of(*copies), 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    factory = QuestionFactory(form, SETTINGS, "", "engine")
    sys.setprofile(count)
    try:
        for control in form.controls:
            factory.question(control)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("kind", sorted(CONTROLS.keys() - {"regions"}))
def test_twice_as_many_controls_take_twice_the_calls(kind: str) -> None:
    calls_for(kind, 2)  # compiles the template
    few, many = calls_for(kind, 50), calls_for(kind, 100)
    assert many < 2.1 * few
    assert few < 500 * 50, "a template is compiled more than once"
