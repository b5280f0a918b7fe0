"""A wide beam finds what scoring every place finds; a narrow one leaves out what is unlikely."""

import numpy as np
import pytest

from backend.engines import Engine
from backend.questions.beam import PathBeam
from backend.questions.choice import ChoiceQuestion
from labeling.settings.model_sections import ConfidenceSettings
from tests.support.capable_engine import ask
from tests.support.questions import form_of, model_spec_of

TREE = """<Taxonomy name="c" toName="text">
  <Choice value="Home"><Choice value="Kitchen"/><Choice value="Garden"/></Choice>
  <Choice value="Travel"><Choice value="By train"/><Choice value="By sea"/></Choice>
</Taxonomy>"""
TEXTS = ["A pan for frying fish.", "Two tickets for the night train."]


def beam(width: int) -> tuple[ChoiceQuestion, PathBeam]:
    form = form_of(TREE)
    [question] = model_spec_of(form).questions
    assert isinstance(question, ChoiceQuestion)
    builder = question.methods[0].builder
    return question, PathBeam(builder, ConfidenceSettings(), form.controls[0], width)


def test_a_wide_beam_is_exact(engine: Engine) -> None:
    question, wide = beam(100)
    exact = ask(question.methods[0], TEXTS, engine)
    found = ask(wide, TEXTS, engine)
    for one, other in zip(exact, found, strict=True):
        assert not isinstance(one, Exception)
        assert not isinstance(other, Exception)
        assert other.loglikelihoods == pytest.approx(one.loglikelihoods, abs=1e-3)


def test_a_narrow_beam_agrees_on_what_it_looks_at(engine: Engine) -> None:
    _, wide = beam(100)
    _, narrow = beam(1)
    for one, other in zip(ask(wide, TEXTS, engine), ask(narrow, TEXTS, engine), strict=True):
        assert not isinstance(one, Exception)
        assert not isinstance(other, Exception)
        seen = other.loglikelihoods > other.loglikelihoods.max() - 29
        assert 4 <= seen.sum() < len(seen)
        assert np.allclose(one.loglikelihoods[seen], other.loglikelihoods[seen], atol=1e-3)


def test_a_large_tree_is_scored_by_a_beam() -> None:
    [question] = model_spec_of(form_of(TREE), settings={"writing": {"taxonomy_beam": 2}}).questions
    assert isinstance(question, ChoiceQuestion)
    assert isinstance(question.methods[0], PathBeam)
