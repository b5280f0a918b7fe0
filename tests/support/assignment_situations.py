"""Situations in which assignments are planned: who owes what, who may be asked, who was."""

from hypothesis import strategies as st

from routing.facts.vote_demands import Reviewer, VoteDemand
from routing.reviewers.assignment import Pair

REVIEWERS = [Reviewer(1, 10), Reviewer(2, 10), Reviewer(3, 10)]
EXPERT = Reviewer(9, 10, expert=True)
GERMAN, LAW = frozenset(["german"]), frozenset(["law"])
Situation = tuple[list[VoteDemand], list[Reviewer], dict[Pair, str], list[Pair]]
"""Vote demands, reviewers, every pair that was asked with its state, and those that are overdue."""


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any of them, with few tasks and people."""
    workers = draw(st.lists(st.integers(1, 6), min_size=1, max_size=6, unique=True))
    reviewers = [
        Reviewer(worker, draw(st.integers(0, 5)), draw(st.booleans())) for worker in workers
    ]
    people = st.frozensets(st.integers(1, 7), max_size=3)
    vote_demands = [
        VoteDemand(
            task,
            draw(st.integers(0, 3)),
            draw(st.floats(0, 1)),
            draw(people),
            draw(people),
            draw(st.booleans()),
        )
        for task in draw(st.lists(st.integers(1, 20), max_size=12, unique=True))
    ]
    pairs = st.tuples(st.integers(1, 20), st.integers(1, 7))
    states = st.sampled_from(["open", "done", "skipped", "withdrawn"])
    asked = draw(st.dictionaries(pairs, states, max_size=20))
    open_pairs = [pair for pair, state in asked.items() if state == "open"]
    late = draw(st.lists(st.sampled_from(open_pairs), unique=True)) if open_pairs else []
    return vote_demands, reviewers, asked, late
