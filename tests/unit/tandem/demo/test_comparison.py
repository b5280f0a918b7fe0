"""The demo compares like with like: people alone at Tandem's number of labels, too."""

from collections import Counter

import pandas as pd
import pytest

from labeling.settings.sections import CostSettings
from tandem.demo.comparison import compare, people_alone, shared_out, tandem
from tandem.demo.posts import posts
from tandem.demo.reviewers import REVIEWERS

POSTS = dict(enumerate(posts()))
LABELS = sorted({post.gold for post in POSTS.values()})


@pytest.mark.parametrize("votes", [0, 1, 5, 6, 13, 15])
def test_votes_are_shared_evenly_and_nobody_votes_twice(votes: int) -> None:
    shares = shared_out(range(5), REVIEWERS, votes)
    assert sum(len(some) for _, some in shares) == votes
    assert max(len(some) for _, some in shares) - min(len(some) for _, some in shares) <= 1
    assert all(len({one.email for one in some}) == len(some) for _, some in shares)
    turns = Counter(one.email for _, some in shares for one in some)
    assert votes < len(REVIEWERS) or max(turns.values()) - min(turns.values()) <= 1


def test_people_alone_are_measured_at_the_labels_that_tandem_took() -> None:
    votes = [{"lead_time": 10.0}]
    rows = [(task, post.gold, votes if task % 2 else []) for task, post in POSTS.items()]
    dataset = pd.DataFrame(rows, columns=["task", "label", "votes"])
    ways = compare(POSTS, {}, dataset, REVIEWERS, LABELS, CostSettings())
    _, everything, alike, hybrid = ways
    assert everything.human_labels == 3 * len(POSTS)
    assert alike.human_labels == hybrid.human_labels == len(POSTS) // 2
    assert alike.accuracy < everything.accuracy


def test_answers_to_known_texts_are_paid_for_and_label_nothing() -> None:
    rows: list[tuple[int, str, list[dict[str, float]]]] = [
        (task, post.gold, []) for task, post in POSTS.items()
    ]
    dataset = pd.DataFrame(rows, columns=["task", "label", "votes"])
    costs = CostSettings(human_label=0.5, model_label=0.0)
    found = tandem(POSTS, dataset, costs, [1800.0, 1800.0])
    assert (found.human_labels, found.cost, found.hours) == (2, 1.0, 1.0)


def test_more_votes_make_people_alone_better() -> None:
    costs = CostSettings()
    one, three = (
        people_alone(POSTS, REVIEWERS, LABELS, costs, share * len(POSTS)) for share in (1, 3)
    )
    assert one.accuracy < three.accuracy
    assert one.cost < three.cost
