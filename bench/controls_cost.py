"""What a form of several controls costs, against each of its controls alone on the same texts."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from backend import engines
from backend.calibration.learned_state import LearnedState
from backend.engines import Engine
from backend.engines.model_client import ModelClient
from backend.learning.fit import learn
from backend.learning.training_set import TrainingSet
from backend.pipeline.model_spec import ModelSpec, build_model_spec
from backend.pipeline.predictor import predict
from bench.classification_work import tasks_of
from bench.controls_work import FormWork
from labeling.controls import Control
from labeling.form.form import Form, parse
from labeling.settings.settings import Settings

WHOLE = ""
"""The name of the form of all controls."""

TASKS = 16
"""Tasks that are timed, and texts that are learned from before that, as the batch prior wants."""

MESSAGES = (1, 4, 8)
"""How many messages a text is made of: one as it is, and threads of several."""

ROUNDS = 2


@dataclass(frozen=True, slots=True)
class ControlCost:
    """CPU seconds, over all threads, of answering the tasks; the best of several rounds.

    Attributes:
        words: Words of a text, on average.
        form: The whole form.
        slowest: The control that takes longest alone.
        slowest_control: Its name.
        ratio: How many times that the whole form takes; 1: all other controls are for nothing.
        controls: Each control alone, by its name.
    """

    words: float
    form: float
    slowest: float
    slowest_control: str
    ratio: float
    controls: dict[str, float]


def measure(
    work: FormWork, engine: Engine, settings: Settings, rounds: int = ROUNDS
) -> ControlCost:
    """Time a form, and its controls alone, by turns.

    Every form has learned from the texts first, without answers, as a running project has: the
    engine has read the prompts' beginnings by then, and label priors are known. Nothing remembers
    answers.

    Args:
        work: The items of a form.
        engine: Holds the model.
        settings: Prompt and learning.
        rounds: How often each is timed.

    Returns:
        Seconds of the form and of each control alone.
    """
    model = ModelClient(lambda requests: [*engine.answer(requests)], lambda: engine.abilities)
    forms = {WHOLE: work.form} | {
        control.from_name: parse(alone(work.form, control)) for control in work.form.controls
    }
    model_specs = {
        name: _with_batch_prior(form, work, model, settings) for name, form in forms.items()
    }
    runs = [
        {name: _seconds(model_spec, work, model) for name, model_spec in model_specs.items()}
        for _ in range(rounds)
    ]
    words = fmean(len(item.split()) for item in work.items)
    return cost_of(words, {name: min(run[name] for run in runs) for name in model_specs})


def threads(work: FormWork, messages: int) -> FormWork:
    """Make each text of so many messages, its own and those that follow it.

    Args:
        work: The items of a form.
        messages: Messages per text.

    Returns:
        The same form, with longer texts.
    """
    around = [*work.items, *work.items]
    items = ["\n".join(around[at : at + messages]) for at in range(len(work.items))]
    return replace(work, items=items)


def cost_of(words: float, seconds: Mapping[str, float]) -> ControlCost:
    """Compare what the whole form takes with what each control takes.

    Args:
        words: Mean words of a text.
        seconds: Of the whole form, as `WHOLE`, and of each control alone.

    Returns:
        The seconds, and their ratio.
    """
    controls = {name: one for name, one in seconds.items() if name != WHOLE}
    slowest = max(controls, key=controls.__getitem__)
    ratio = seconds[WHOLE] / controls[slowest]
    return ControlCost(words, seconds[WHOLE], controls[slowest], slowest, ratio, controls)


def alone(form: Form, control: Control) -> str:
    """Write a label config that asks for one control of a form, on the same objects.

    Args:
        form: The form.
        control: The one that is kept.

    Returns:
        The label config.
    """
    view = Element("View")
    tags = {tag.get("name"): tag for tag in fromstring(form.config).iter()}
    view.extend(tags[name] for name in control.to_names)
    SubElement(view, "Header", value=form.titles[control.from_name])
    view.append(tags[control.from_name])
    return tostring(view, encoding="unicode")


def _with_batch_prior(
    form: Form, work: FormWork, model: ModelClient, settings: Settings
) -> ModelSpec:
    identity = engines.identify(settings)
    blank = build_model_spec(settings, identity, form, LearnedState(work.instruction))
    learned, _ = learn(blank, TrainingSet(work.instruction, work.items[:TASKS]), model)
    return build_model_spec(settings, identity, form, learned)


def _seconds(model_spec: ModelSpec, work: FormWork, model: ModelClient) -> float:
    tasks = tasks_of(model_spec.form, work.items[:TASKS])
    started = time.process_time()
    predict(model_spec, model, tasks)
    return time.process_time() - started
