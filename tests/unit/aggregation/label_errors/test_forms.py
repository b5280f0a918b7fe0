"""Of a form, the control that is most probably wrong is suspected, in its own way."""

from datetime import UTC, datetime

from aggregation.beliefs import Belief, PartBelief
from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.suspicions import standing_labels, suspicions
from aggregation.votes import Answer
from labeling.answers.types import canonical_json
from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from tests.support.label_configs import on_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FORM = Equivalence(
    parse(
        on_text(
            """<Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/>
            </Choices>
            <Choices name="why" toName="text" choice="multiple">
              <Choice value="price"/><Choice value="staff"/></Choices>
            <Labels name="who" toName="text"><Label value="PER"/><Label value="LOC"/></Labels>
            <Number name="age" toName="text"/>"""
        )
    )
)
SAID = {"mood": "bad", "why": '["price"]', "who": '[[0,3,"PER"]]', "age": "30"}


def answer(task: int, worker: str, **controls: str) -> Answer:
    return Answer(task, worker, canonical_json({**SAID, **controls}), "person", NOON)


def suspected(answers: list[Answer], parts: dict[str, PartBelief] | None = None) -> Suspicion:
    others = [answer(task, worker) for task in range(10, 20) for worker in ("ann", "bob", "cyd")]
    belief = Belief(canonical_json(SAID), 0.5, {}, "m-1", True, parts or {})
    consensus = ProjectConsensus([*answers, *others], {1: belief} if parts else {}, (), FORM)
    found = suspicions(consensus, standing_labels(consensus))
    return {one.task: one for one in found}[1]


def unanimous() -> list[Answer]:
    return [answer(1, worker) for worker in ("ann", "bob", "cyd")]


def test_the_control_that_people_are_divided_on_is_suspected() -> None:
    answers = [answer(1, "ann"), answer(1, "bob", age="31"), answer(1, "cyd", age="70")]
    one = suspected(answers)
    assert (one.control, one.kind) == ("age", ErrorKind.WRONG_ANSWER)


def test_a_choice_is_suspected_where_the_model_names_another_label() -> None:
    answers = [answer(1, "ann"), answer(1, "bob"), answer(1, "cyd", mood="good")]
    one = suspected(answers, {"mood": PartBelief(0.97, {"good": 0.97, "bad": 0.03})})
    assert (one.control, one.kind, one.other) == ("mood", ErrorKind.WRONG_LABEL, "good")
    assert one.given_by == ("ann", "bob")


def test_a_label_that_the_model_adds_is_suspected_to_be_missing() -> None:
    one = suspected(unanimous(), {"why": PartBelief(0.99, {"price": 0.99, "staff": 0.9999})})
    assert (one.control, one.kind, one.part) == ("why", ErrorKind.MISSING_LABEL, "staff")


def test_a_span_that_the_model_marks_further_is_suspected_to_be_too_short() -> None:
    answers = [answer(1, "ann"), answer(1, "bob"), answer(1, "cyd", who='[[0,7,"PER"]]')]
    one = suspected(answers, {"who": PartBelief(0.9, {'[0,7,"PER"]': 0.99})})
    assert (one.control, one.kind) == ("who", ErrorKind.SPAN_TOO_SHORT)
