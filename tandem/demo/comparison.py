"""The demo's table: model alone, people alone and Tandem, each against the gold labels."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, islice

import pandas as pd
from rich.table import Table

from aggregation.beliefs import Belief
from aggregation.classification.registry import aggregator
from labeling.settings.sections import CostSettings
from routing.planning.costs import rates
from tandem.demo.posts import MOST_VOTES
from tandem.demo.reviewers import Post, SimulatedReviewer
from tandem.report.data import MethodComparison

SECONDS_PER_HOUR = 3600


def compare(
    posts: Mapping[int, Post],
    first_beliefs: Mapping[int, Belief],
    dataset: pd.DataFrame,
    reviewers: Sequence[SimulatedReviewer],
    labels: Sequence[str],
    costs: CostSettings,
    known: Sequence[float] = (),
) -> list[MethodComparison]:
    """Measure the ways to label the demo's texts.

    Args:
        posts: The texts with their gold labels, by task.
        first_beliefs: What the model answered before anybody taught it, by task.
        dataset: What Tandem made of the project.
        reviewers: The simulated reviewers, who answer alike whoever asks; none where a person
            reviewed, whose other answers nobody knows.
        labels: Every label.
        costs: What labels cost.
        known: The seconds of each answer to a text whose label is known, which Tandem paid for too.

    Returns:
        One comparison per way: the model alone; people alone where they are simulated, once with
        as many votes on every text as Tandem may ask for and once at Tandem's number of labels;
        and Tandem.
    """
    hybrid = tandem(posts, dataset, costs, known)
    everything = len(posts) * MOST_VOTES
    alone = (
        [
            people_alone(posts, reviewers, labels, costs, everything),
            people_alone(posts, reviewers, labels, costs, min(hybrid.human_labels, everything)),
        ]
        if reviewers
        else []
    )
    return [model_alone(posts, first_beliefs, costs), *alone, hybrid]


def model_alone(
    posts: Mapping[int, Post], beliefs: Mapping[int, Belief], costs: CostSettings
) -> MethodComparison:
    """Take every answer of the model as it is.

    Args:
        posts: The texts with their gold labels, by task.
        beliefs: What the model answered, by task.
        costs: What labels cost.

    Returns:
        Accuracy and cost against the gold labels.
    """
    right = sum(
        task in beliefs and beliefs[task].label == post.gold for task, post in posts.items()
    )
    return MethodComparison(
        "Model alone", right / len(posts), 0, rates(costs).money(0, len(posts)), 0.0
    )


def people_alone(
    posts: Mapping[int, Post],
    reviewers: Sequence[SimulatedReviewer],
    labels: Sequence[str],
    costs: CostSettings,
    votes: int,
) -> MethodComparison:
    """Have the simulated reviewers share a number of votes evenly, and take the majority.

    Args:
        posts: The texts with their gold labels, by task.
        reviewers: The simulated reviewers, who take turns.
        labels: Every label.
        costs: What labels cost.
        votes: How many votes there are in all, at most everybody's on every text.

    Returns:
        Accuracy, cost and hours against the gold labels.
    """
    given = [
        (task, reviewer) for task, some in shared_out(posts, reviewers, votes) for reviewer in some
    ]
    answers = pd.DataFrame(
        [(task, one.email, one.answer(posts[task], labels)) for task, one in given],
        columns=["task", "worker", "label"],
    )
    majority = aggregator("majority-vote").fit_predict(answers)
    right = sum(majority.get(task) == post.gold for task, post in posts.items())
    seconds = sum(one.takes(posts[task]) for task, one in given)
    return MethodComparison(
        f"People alone, {votes / len(posts):.2g} votes per text, majority",
        right / len(posts),
        votes,
        rates(costs).money(votes),
        seconds / SECONDS_PER_HOUR,
    )


def shared_out(
    tasks: Iterable[int], reviewers: Sequence[SimulatedReviewer], votes: int
) -> list[tuple[int, list[SimulatedReviewer]]]:
    """Share votes evenly among tasks and reviewers; no reviewer votes twice on a task.

    Args:
        tasks: What is voted on.
        reviewers: Who votes; they take turns.
        votes: How many votes there are in all.

    Returns:
        Who votes on each task.
    """
    ordered, turns = sorted(tasks), cycle(reviewers)
    each, left = divmod(votes, len(ordered))
    return [
        (task, list(islice(turns, each + (place < left)))) for place, task in enumerate(ordered)
    ]


def tandem(
    posts: Mapping[int, Post],
    dataset: pd.DataFrame,
    costs: CostSettings,
    known: Sequence[float] = (),
) -> MethodComparison:
    """Take Tandem's dataset, and count what it cost; model labels are paid for every text.

    Args:
        posts: The texts with their gold labels, by task.
        dataset: What Tandem made of the project.
        costs: What labels cost.
        known: The seconds of each answer to a text whose label is known: it labels nothing, and is
            paid for.

    Returns:
        Accuracy, cost and hours against the gold labels.
    """
    right = sum(
        label == posts[task].gold
        for task, label in zip(dataset["task"], dataset["label"], strict=True)
    )
    votes = [vote for given in dataset["votes"] for vote in given]
    seconds = sum(known) + sum(vote["lead_time"] or costs.seconds_per_label for vote in votes)
    labels = len(votes) + len(known)
    return MethodComparison(
        "Tandem",
        right / len(posts),
        labels,
        rates(costs).money(labels, len(posts)),
        seconds / SECONDS_PER_HOUR,
    )


def comparison_table(title: str, rows: Sequence[MethodComparison], currency: str) -> Table:
    """Return the ways to label as a table.

    Args:
        title: Stands above it.
        rows: One per way.
        currency: Stands before the costs.

    Returns:
        The table.
    """
    table = Table(title=title)
    table.add_column("")
    for name in ("Accuracy", "Human labels", "Cost", "Human hours"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.accuracy:.3f}",
            str(row.human_labels),
            f"{currency}{row.cost:.2f}",
            f"{row.hours:.2f}",
        )
    return table
