"""What becomes of the team: trained, examined and checked; one is paused, excluded, taken back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from routing.studio.models import StudioAnnotation
from tests.support.killing.points import Point
from tests.support.team import NAMES, Team

Step: TypeAlias = Literal[
    "arrival",
    "training over",
    "exam over",
    "careless answers",
    "resume",
    "resumed",
    "exclude",
    "excluded",
    "take back",
    "taken back",
]
"""What a command comes to. Arrival: four are new. Exam over: three did well in it, and Fred did
not. Careless answers: of Carl's control tasks none is right. Resumed, excluded, taken back: the
admin just said so of him."""

COMMANDS: Mapping[Step, tuple[str, ...]] = {
    "arrival": ("sync",),
    "training over": ("sync",),
    "exam over": ("sync",),
    "careless answers": ("sync",),
    "resume": ("people", "resume", "carl"),
    "resumed": ("sync",),
    "exclude": ("people", "exclude", "carl", "--why", "he guesses"),
    "excluded": ("sync",),
    "take back": ("people", "resume", "carl"),
    "taken back": ("sync",),
}

FEW = 4
"""How many ordinary items each of them answers, and how many Otto skips of those that were Carl's,
so that nobody but Carl is left to answer them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step that nobody kills.

    Attributes:
        visits: How often it came to each point.
        before: All annotations of the four before it, by id.
        state: What it left behind.
    """

    visits: Counter[Point]
    before: Mapping[int, StudioAnnotation]
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """All steps, nowhere killed.

    Attributes:
        steps: Each of them, in their order.
        given: All annotations of the four at the end, by id.
    """

    steps: Mapping[Step, Told]
    given: Mapping[int, StudioAnnotation]


def tell(team: Team) -> Story:
    """Make every step, nowhere killed, with what the four answer in between; keep each moment.

    The moment before a step has its name. `trained` is where the training waits for an answer,
    and `at work` where the work does.
    """
    told: dict[Step, Told] = {}

    def make(step: Step) -> None:
        team.save(step)
        before, visits = team.given(), team.finish(*COMMANDS[step])
        told[step] = Told(visits, before, team.state())

    def answer_there() -> None:
        for name in NAMES:
            team.answer(name, team.waiting(team.training, name), right=name != "fred")

    make("arrival")
    team.save("trained")
    answer_there()
    make("training over")
    answer_there()
    make("exam over")
    team.save("at work")
    _work(team)
    before = {one.id for one in team.waiting(team.blind_project, "otto")}
    make("careless answers")
    moved = [one for one in team.waiting(team.blind_project, "otto") if one.id not in before]
    for one in moved[:FEW]:
        team.people["otto"].skip(one.id)
    make("resume")
    make("resumed")
    team.answer("carl", team.waiting(team.blind_project, "carl"), right=False)
    team.finish("sync")
    make("exclude")
    make("excluded")
    make("take back")
    make("taken back")
    return Story(told, team.given())


def _work(team: Team) -> None:
    """Have those who passed answer a few ordinary items, and all their control tasks."""
    controls = team.controls()
    for name in ("nina", "otto", "carl"):
        waiting = team.waiting(team.blind_project, name)
        ordinary = [one for one in waiting if one.id not in controls]
        checked = [one for one in waiting if one.id in controls]
        team.answer(name, [*ordinary[:FEW], *checked], right=name != "carl")
