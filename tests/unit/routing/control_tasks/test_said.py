"""What was said of a control task: by how many, what counts as the same, and who skipped."""

from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from routing.control_tasks.said import Said, said_of
from routing.ledger.control_tasks import FirstAnswer
from tests.support.known_answers import known_answer
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import NOON


def test_answers_are_counted_the_most_frequent_first() -> None:
    said = ["negative", "positive", "positive", None]
    given = [FirstAnswer(1, who, one, one is None, NOON) for who, one in enumerate(said)]
    given.append(FirstAnswer(2, 5, "neutral", False, NOON))
    found = said_of(known_answer(1, "negative"), given, Equivalence(parse(SENTIMENT)))
    assert found.said == [Said("positive", 2, False), Said("negative", 1, True)]
    assert found.skipped == 1
