"""Where people are asked for their opinion, a label is an error only if hardly anybody has it."""

import json
from datetime import UTC, datetime

from aggregation.consensus import ProjectConsensus
from aggregation.label_errors.records import ErrorKind, Suspicion
from aggregation.label_errors.suspicions import standing_labels, suspicions
from aggregation.votes import Answer
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form, parse
from labeling.settings.sections import ControlSettings
from tests.support.label_configs import on_text

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
CHOICES = """<Choices name="tone" toName="text"><Choice value="kind"/><Choice value="rude"/>
</Choices>"""
ONE = parse(on_text(CHOICES))
SEVERAL = parse(on_text(CHOICES + '<Rating name="stars" toName="text" maxRating="3"/>'))


def suspected(
    form: Form, votes: dict[int, list[str]], left: dict[int, str], *, subjective: bool
) -> dict[int, Suspicion]:
    """Suspect people's labels, and those in `left`, which stand whatever people say."""
    answers = [
        Answer(task, f"w{number}", label, "person", NOON)
        for task, labels in votes.items()
        for number, label in enumerate(labels)
    ]
    known = Equivalence(form, {"tone": ControlSettings(subjective=subjective)})
    consensus = ProjectConsensus(answers, {}, ("kind", "rude"), known)
    standing = {**standing_labels(consensus), **left}
    return {one.task: one for one in suspicions(consensus, standing)}


AGREED = {task: ["kind" if task % 2 else "rude"] * 5 for task in range(10, 50)}


def test_that_others_say_something_else_is_no_error() -> None:
    votes = {**AGREED, 2: ["rude", "kind", "kind"], 3: ["kind"] * 40}
    found = suspected(ONE, votes, {3: "rude"}, subjective=True)
    assert found[2].kind == ErrorKind.NO_SINGLE_TRUTH
    assert found[2].probability < 0.1
    assert found[2].share is not None
    assert 0.5 < found[2].share < 0.9
    assert (found[2].label, found[2].other) == ("kind", "rude")


def test_what_hardly_anybody_would_say_is() -> None:
    votes = {**AGREED, 2: ["rude", "kind", "kind"], 3: ["kind"] * 40}
    found = suspected(ONE, votes, {3: "rude"}, subjective=True)
    assert (found[3].label, found[3].kind) == ("rude", ErrorKind.WRONG_LABEL)
    assert found[3].probability > 0.9
    assert next(iter(found)) == 3


def test_of_a_control_with_one_truth_nothing_changes() -> None:
    votes = {**AGREED, 2: ["rude", "kind", "kind"], 3: ["kind"] * 40}
    found = suspected(ONE, votes, {3: "rude"}, subjective=False)
    assert {one.kind for one in found.values()} == {ErrorKind.WRONG_LABEL}
    assert {one.share for one in found.values()} == {None}


def test_of_a_form_the_other_controls_are_still_suspected() -> None:
    def said(tone: str, stars: str) -> str:
        return json.dumps({"stars": stars, "tone": tone}, separators=(",", ":"))

    votes = {
        **{task: [said("kind", "3")] * 4 for task in range(10, 40)},
        2: [said("rude", "3"), said("kind", "3")],
        3: [said("kind", "1"), said("kind", "3"), said("kind", "3")],
    }
    found = suspected(SEVERAL, votes, {3: votes[3][0]}, subjective=True)
    assert (found[3].control, found[3].kind) == ("stars", ErrorKind.WRONG_LABEL)
    assert (found[2].control, found[2].kind) == ("tone", ErrorKind.NO_SINGLE_TRUTH)
