"""A promise on a real Label Studio from its statement to its proof, with gold that the test knows.

The model is scripted: it is right as often as it says, so some of its labels can be left to it.
"""

import random
from dataclasses import dataclass

import pytest

from routing.guarantee import certificate_file
from routing.ledger.records import BLIND
from routing.snapshot import task_mapping
from tests.integration.studio.conftest import NewLoop
from tests.support.loops import Loop, Person
from tests.support.studio_answers import choice_result

pytestmark = pytest.mark.studio

People = tuple[Person, Person, Person]
TASKS, SURE = 120, 0.7
ALLOWED, PILOT = 0.1, 20
OTHER = {"positive": "negative", "negative": "positive"}
PASSES = 30


@dataclass(frozen=True)
class World:
    """A project whose truth is known.

    Attributes:
        gold: The right label of each task.
    """

    loop: Loop
    gold: dict[int, str]


@pytest.fixture
def world(new_loop: NewLoop) -> World:
    """A project of 120 tasks, of which the model is sure of most, and as often right as it says."""
    draw = random.Random(1)
    confidences = [
        round(draw.uniform(0.94, 0.995) if draw.random() < SURE else draw.uniform(0.5, 0.75), 4)
        for _ in range(TASKS)
    ]
    loop = new_loop(*confidences, pilot=PILOT, target_error=ALLOWED, blind_share=0.5)
    truth = {f"Text {n}": draw.choice(list(OTHER)) for n in range(TASKS)}
    for (text, label), confidence in zip(truth.items(), confidences, strict=True):
        is_right = draw.random() < confidence
        loop.model.answers[text] = label if is_right else OTHER[label]
    texts = {task: seen.data["text"] for task, seen in loop.shown().items()}
    return World(loop, {task: truth[text] for task, text in texts.items()})


@dataclass(frozen=True)
class Said:
    """What a person answered.

    Attributes:
        annotation: Where they were asked: for blind answers, in the blind project.
    """

    annotation: int
    person: Person
    kind: str


def label_until_done(world: World, people: People) -> tuple[dict[int, Said], list[set[str]]]:
    """Have people answer all that they are asked, rightly, until nothing remains.

    Returns:
        What was said, by task; and the kinds of decisions of each pass.
    """
    loop, said, phases = world.loop, dict[int, Said](), []
    for _ in range(PASSES):
        report = loop.sync()
        phases.append(set(report.decisions))
        if not report.remaining:
            return said, phases
        kinds, places = loop.kinds(), loop.places()
        for task, (person,) in loop.waiting(*people).items():
            made = person.answer(places[task], world.gold[task])
            assert task not in said, "nobody is asked what is answered"
            said[task] = Said(made, person, kinds[task])
    raise AssertionError("it does not come to an end")


def test_what_is_promised_is_kept_and_proved(world: World, people: People) -> None:
    loop, gold = world.loop, world.gold
    said, phases = label_until_done(world, people)
    assert phases[0] == {"pilot"}
    assert any("audit" in kinds for kinds in phases)
    assert any("accept" in kinds for kinds in phases)

    accepted = loop.accepted()
    assert len(accepted) >= 10, "something is left to the model"
    wrong = sum(label != gold[task] for task, label in accepted.items())
    assert wrong <= ALLOWED * TASKS

    file = loop.certificate()
    doubted = [task for task, one in said.items() if one.kind == "dispute"]
    left = len(accepted) + len(doubted)
    assert f"Of 120 labels, {left} were given by the model" in certificate_file.verify(file)
    with pytest.raises(certificate_file.NotProved):
        certificate_file.verify(file.replace(b'"audit"', b'"review"', 1))
    (population,) = loop.state.populations
    assert population.kept_at is not None
    assert loop.sync().changes == []

    # The main project is complete, and whoever reads it finds people's answers in their names.
    shown = loop.shown()
    assert all(seen.is_labeled for seen in shown.values())
    assert accepted.keys() | said.keys() == shown.keys()
    assert not accepted.keys() & said.keys()
    blind_project = loop.blind_project
    assert blind_project
    standing, blind = loop.annotations(), blind_project.annotations()
    by_people = {
        (one.task, one.completed_by): one.result
        for one in standing
        if one.completed_by != loop.model_user()
    }
    assert by_people == {
        (task, one.person.id): choice_result(gold[task]) for task, one in said.items()
    }
    as_given = {one.id: (one.completed_by, one.updated_by, one.result) for one in blind + standing}
    for task, one in said.items():
        assert as_given[one.annotation] == (one.person.id, one.person.id, choice_result(gold[task]))
    in_blind_project = {
        task_mapping.counterparts(blind_project.state)[task]
        for task in said
        if said[task].kind in BLIND
    }
    assert {one.task for one in blind} == in_blind_project
    kinds = {one.kind for one in said.values()}
    assert kinds - {"dispute"} == {"pilot", "review", "blind", "audit"}
