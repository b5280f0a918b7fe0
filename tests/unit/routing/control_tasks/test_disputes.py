"""When a known answer is in doubt: several people skip it, or good ones agree on another."""

from collections.abc import Mapping

from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from routing.control_tasks.answers import judged
from routing.control_tasks.disputes import disputed
from routing.ledger.control_tasks import ControlTask, FirstAnswer
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import NOON

SAME = Equivalence(parse(SENTIMENT))
IN_DOUBT, *OTHERS = range(1, 8)
CONTROLS = [
    ControlTask(number, str(number), ["positive"], None, "file", 1.0, {}, None, number, NOON)
    for number in (IN_DOUBT, *OTHERS)
]


def in_doubt(said: Mapping[int, str | None], skill: Mapping[int, bool] | None = None) -> bool:
    """Whether the first control task is, by what each person said of it and is elsewhere."""
    skill = skill or {}
    given = [
        FirstAnswer(IN_DOUBT, worker, answer, answer is None, NOON)
        for worker, answer in said.items()
    ]
    given += [
        FirstAnswer(number, worker, "positive" if is_good else "negative", False, NOON)
        for worker, is_good in skill.items()
        for number in OTHERS
    ]
    found = disputed(given, judged(CONTROLS, given, SAME), SAME, good=0.75)
    assert found <= {IN_DOUBT}
    return IN_DOUBT in found


def test_one_person_s_skip_or_answer_alone_puts_nothing_in_doubt() -> None:
    assert not in_doubt({2: None})
    assert not in_doubt({2: "negative"}, {2: True})


def test_several_skips_do_where_no_fewer_people_skip_than_answer() -> None:
    assert in_doubt({2: None, 3: None, 4: "positive"})
    assert not in_doubt({2: None, 3: None, 4: "positive", 5: "positive", 6: "positive"})


def test_several_good_people_who_agree_do() -> None:
    assert in_doubt({2: "negative", 3: "negative"}, {2: True, 3: True})


def test_people_of_whom_nothing_good_is_known_do_not() -> None:
    assert not in_doubt({2: "negative", 3: "negative", 4: "negative"})
    assert not in_doubt({2: "negative", 3: "negative"}, {2: False, 3: False})


def test_as_many_good_people_who_say_what_is_accepted_stand_against_it() -> None:
    good = dict.fromkeys((2, 3, 4, 5), True)
    assert not in_doubt({2: "negative", 3: "negative", 4: "positive", 5: "positive"}, good)
