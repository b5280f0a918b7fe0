"""Peers' votes: those that were planned before anybody answered, blind, and no audits."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from labeling.form.form import parse
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerAnnotation
from routing.people.evidence import skill_evidence
from routing.people.peers import NO_PEERS, peer_votes
from tests.support.control_answers import answered
from tests.support.label_configs import on_text
from tests.support.ledger_states import answer, state, task
from tests.support.observed_tasks import NOON
from tests.support.snapshots import facts_of

ANA, BEN, CEM, DORA = 11, 12, 13, 14
SPANS = on_text('<Labels name="span" toName="text"><Label value="person"/></Labels>')


def blind(id_: int, of: int, by: int, label: str = "negative") -> LedgerAnnotation:
    given = answer(id_, of, by, label, at=timedelta(minutes=id_))
    return replace(given, worker_id=by, worker=f"user {by}", blind=True)


def facts(
    annotations: Sequence[LedgerAnnotation], planned: Mapping[int, int], votes: int = 3
) -> ProjectFacts:
    known = state([task(one) for one in planned], annotations)
    known = replace(known, planned_votes=planned)
    return facts_of(known, policy={"votes": votes, "max_votes": 5})


def test_the_first_votes_that_were_planned_count() -> None:
    given = [blind(4, 1, DORA), blind(1, 1, ANA), blind(2, 1, BEN), blind(3, 1, CEM)]
    found = peer_votes(facts(given, {1: 3}))
    assert [vote.worker for vote in found.by_task[1]] == [ANA, BEN, CEM]
    assert found.others == 2


def test_tasks_of_which_nothing_was_planned_tell_nothing() -> None:
    assert not peer_votes(facts([blind(1, 1, ANA)], {})).by_task


def test_what_was_answered_beside_the_pre_label_tells_nothing() -> None:
    seen = replace(blind(2, 1, BEN), blind=False)
    found = peer_votes(facts([blind(1, 1, ANA), seen], {1: 3}))
    assert [vote.worker for vote in found.by_task[1]] == [ANA]


def test_where_one_vote_is_asked_for_there_are_no_peers() -> None:
    assert peer_votes(facts([blind(1, 1, ANA)], {1: 3}, votes=1)) is NO_PEERS


def test_forms_of_which_answers_are_not_simply_equal_have_none() -> None:
    known = facts_of(state([task(1)]), parse(SPANS), policy={"votes": 3})
    assert peer_votes(known) is NO_PEERS


def test_somebody_is_shown_the_votes_beside_their_own() -> None:
    given = [blind(1, 1, ANA), blind(2, 1, BEN), blind(3, 2, BEN), blind(4, 2, CEM)]
    found = peer_votes(facts(given, {1: 3, 2: 3}))
    assert {vote.task for vote in found.beside(ANA)} == {1}


def test_who_contradicts_peers_is_sooner_proved() -> None:
    others = [
        vote
        for item in range(1, 41)
        for vote in (
            blind(4 * item, item, ANA),
            blind(4 * item + 1, item, BEN),
            blind(4 * item + 2, item, CEM, "positive" if item % 2 else "negative"),
        )
    ]
    peers = peer_votes(facts(others, dict.fromkeys(range(1, 41), 3)))
    controls = [*answered(CEM, "+-+-+-")]
    for good in (ANA, BEN, DORA, 15, 16):
        controls += answered(good, "+" * 60)
    alone = skill_evidence(controls, CEM, 0.75)
    beside = skill_evidence(controls, CEM, 0.75, peers=peers)
    assert beside.nats > alone.nats + 1
    assert beside.controls == alone.controls == 6


def test_what_was_answered_before_a_word_for_somebody_is_forgotten() -> None:
    others = [blind(1, 1, ANA), blind(2, 1, BEN), blind(3, 1, CEM, "positive")]
    peers = peer_votes(facts(others, {1: 3}))
    after = skill_evidence(answered(CEM, "-"), CEM, 0.75, NOON + timedelta(days=1), peers)
    assert (after.controls, after.nats) == (0, 0.0)
