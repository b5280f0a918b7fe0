"""Decisions on control tasks: what they make of a known answer, and whose word they are."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from labeling.form.equivalence import Equivalence
from labeling.form.form import parse
from routing.control_tasks.bank import changed_control_tasks
from routing.control_tasks.decisions import accepted_too, next_decision, words_of_experts
from routing.control_tasks.known_answer import KnownAnswer
from routing.ledger.control_decisions import ControlDecision, Verdict
from routing.ledger.control_tasks import ControlTask, FirstAnswer
from tests.support.label_configs import SENTIMENT
from tests.support.observed_tasks import NOON

SAME = Equivalence(parse(SENTIMENT))
KNOWN = KnownAnswer(("positive",), "file", {"text": "Known"})
DOUBTED, DECIDED, LATER = (NOON + timedelta(days=day) for day in (1, 2, 3))
EXPERT = 9


def bank(
    present: Sequence[ControlTask] = (),
    decisions: Sequence[ControlDecision] = (),
    wanted: Sequence[KnownAnswer] = (KNOWN,),
    at: datetime = LATER,
    disputed: Sequence[int] = (),
) -> list[ControlTask]:
    return changed_control_tasks(
        present,
        wanted,
        [],
        disputed,
        decisions=decisions,
        exposures=9,
        seed=1,
        at=at,
    )


def in_doubt(known: KnownAnswer = KNOWN) -> ControlTask:
    [first] = bank(wanted=[known], at=NOON)
    [doubted] = bank([first], wanted=[known], at=DOUBTED, disputed=[1])
    return doubted


def decided(*verdicts: tuple[Verdict, str | None]) -> list[ControlDecision]:
    found: list[ControlDecision] = []
    for verdict, answer in verdicts:
        found.append(next_decision(found, 1, verdict, answer, "admin@x", DECIDED))
    return found


class TestWhatFollows:
    def test_a_known_answer_that_is_kept_is_asked_again(self) -> None:
        [kept] = bank([in_doubt()], decided(("keep", None)))
        assert (kept.is_in_use, kept.counts, kept.accepted) == (True, True, ["positive"])
        assert kept.known_at == LATER, "older answers can put it in doubt no more"

    def test_an_answer_that_is_accepted_too_is_right_beside_the_source_s(self) -> None:
        [wider] = bank([in_doubt()], decided(("accept", "neutral")))
        assert (wider.is_in_use, wider.accepted) == (True, ["positive", "neutral"])

    def test_what_is_retired_counts_for_nothing_whatever_its_source_says_later(self) -> None:
        retire = decided(("retire", None))
        [gone] = bank([in_doubt()], retire)
        assert (gone.retired_because, gone.counts) == ("decided", False)
        corrected = replace(KNOWN, accepted=("negative",))
        assert bank([gone], retire, [corrected]) == []

    def test_a_decision_is_taken_over_once(self) -> None:
        words: list[tuple[Verdict, str | None]] = [
            ("keep", None),
            ("accept", "neutral"),
            ("retire", None),
        ]
        for word in words:
            decisions = decided(word)
            [after] = bank([in_doubt()], decisions)
            assert bank([after], decisions) == []

    def test_later_answers_put_it_in_doubt_anew(self) -> None:
        decisions = decided(("keep", None))
        [kept] = bank([in_doubt()], decisions)
        [again] = bank([kept], decisions, disputed=[1])
        assert again.retired_because == "disputed"

    def test_by_a_clock_that_runs_behind_it_is_taken_over_once_too(self) -> None:
        decisions = decided(("keep", None))
        [kept] = bank([in_doubt()], decisions, at=DOUBTED)
        assert kept.known_at == DECIDED
        assert bank([kept], decisions, at=DOUBTED) == []

    def test_the_last_word_counts(self) -> None:
        assert accepted_too(decided(("accept", "a"), ("accept", "b"))) == ["a", "b"]
        assert accepted_too(decided(("accept", "a"), ("keep", None))) == []
        retired_first = decided(("retire", None), ("keep", None))
        [back] = bank([replace(in_doubt(), retired_because="decided")], retired_first)
        assert back.is_in_use

    def test_who_vouches_for_what_was_known_by_agreement_alone_ends_the_dispute(self) -> None:
        agreed = KnownAnswer(("positive",), "agreement", {"text": "Known"}, probability=0.99)
        doubted = in_doubt(agreed)
        assert bank([doubted], wanted=[agreed]) == []
        [settled] = bank([doubted], wanted=[replace(agreed, origin="experts", probability=1.0)])
        assert (settled.is_in_use, settled.origin) == (True, "experts")


class TestExperts:
    def words(
        self, answer: str | None, worker: int = EXPERT, heard: Sequence[ControlDecision] = ()
    ) -> list[tuple[Verdict, str | None, str]]:
        given = [FirstAnswer(1, worker, answer, answer is None, NOON)]
        names = {EXPERT: "eve@x"}
        found = words_of_experts([in_doubt()], given, [], names, SAME, heard, LATER)
        return [(one.verdict, one.answer, one.by) for one in found]

    def test_one_who_says_what_is_known_keeps_it(self) -> None:
        assert self.words("positive") == [("keep", "positive", "eve@x")]

    def test_one_who_says_otherwise_has_it_accepted_too(self) -> None:
        assert self.words("neutral") == [("accept", "neutral", "eve@x")]

    def test_a_skip_and_what_others_say_decide_nothing(self) -> None:
        assert self.words(None) == []
        assert self.words("neutral", worker=2) == []

    def test_a_word_decides_once(self) -> None:
        heard = [next_decision([], 1, "keep", "positive", "eve@x", DECIDED)]
        assert self.words("positive", heard=heard) == []
