"""Forms, and how tests ask a model about them."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.calibration.control_model import ControlModel
from backend.calibration.learned_state import LearnedState
from backend.engines import Engine, Identity
from backend.engines.steps import run
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.pipeline.predictor import predict
from backend.questions.base import Question
from backend.questions.item import PromptItem
from labeling.errors import TandemError
from labeling.form.form import Form, parse
from labeling.predictions.prediction import Failure, Part, Prediction
from labeling.settings.settings import Settings
from tests.support.capable_engine import model_of

TEXT = '<Text name="text" value="$text"/>'
CONTROLS = {
    "single": (
        '<Choices name="c" toName="text"><Choice value="Sport"/><Choice value="Food"/></Choices>'
    ),
    "several": (
        '<Choices name="c" toName="text" choice="multiple"><Choice value="Sport"/>'
        '<Choice value="Food" alias="food"/></Choices>'
    ),
    "taxonomy": (
        '<Taxonomy name="c" toName="text"><Choice value="Home"><Choice value="Kitchen"/>'
        '<Choice value="Garden"/></Choice><Choice value="Travel"/></Taxonomy>'
    ),
    "rating": '<Rating name="c" toName="text" maxRating="4"/>',
    "labels": (
        '<Labels name="c" toName="text"><Label value="Person"/><Label value="Place"/></Labels>'
    ),
    "regions": (
        '<Labels name="m" toName="text"><Label value="Person"/><Label value="Place"/></Labels>'
        '<Choices name="c" toName="text" perRegion="true" required="true"><Choice value="Nice"/>'
        '<Choice value="Nasty"/></Choices>'
    ),
    "text": '<TextArea name="c" toName="text"/>',
    "number": '<Number name="c" toName="text" min="0" max="1000"/>',
}
"""A control of each kind about one text, by what it is."""


def form_of(*controls: str) -> Form:
    """A form of controls, given as XML."""
    return parse(f"<View>{TEXT}{''.join(controls)}</View>")


def pair_form() -> Form:
    """A form that compares two texts, beside a third one."""
    return parse(
        """<View><Text name="question" value="$question"/><Text name="left" value="$left"/>
        <Text name="right" value="$right"/><Header value="Which answer is better?"/>
        <Pairwise name="better" toName="left,right"/></View>"""
    )


def model_spec_of(
    form: Form, learned: LearnedState | None = None, settings: Mapping[str, Any] | None = None
) -> ModelSpec:
    """How a form is answered."""
    made = Settings.model_validate(
        {"writing": {"text_tokens": 12, "span_tokens": 24}, **(settings or {})}
    )
    return build_model_spec(made, Identity("m", "0" * 64), form, learned or LearnedState(""))


def ask(
    model_spec: ModelSpec, engine: Engine, tasks: Sequence[Mapping[str, Any]]
) -> list[Prediction | Failure]:
    """Let a model answer tasks, given as their data."""
    return predict(model_spec, model_of(engine), [{"data": task} for task in tasks])


def ask_question(question: Question, item: PromptItem, engine: Engine) -> list[Part | TandemError]:
    """Let a model answer one question about one item, nothing learned yet."""
    steps = question.steps([item], ControlModel(), lambda: engine.abilities)
    return run(steps, model_of(engine))


def sure(outcome: Prediction | Failure) -> Prediction:
    """The prediction, of a task that has one."""
    assert isinstance(outcome, Prediction), outcome
    return outcome
