"""The section of the settings on who labels what."""

from typing import Literal, TypeAlias

from pydantic import Field

from labeling.settings.section import SettingsSection

SelectionName: TypeAlias = Literal[
    "auto",
    "random",
    "predicted-error",
    "least-confidence",
    "margin",
    "entropy",
    "density",
    "cal",
    "core-set",
    "badge",
    "typiclust",
]
"""What says which texts people are asked about first; see `routing.selection.registry`."""

UNWATCHED: frozenset[SelectionName] = frozenset({"predicted-error", "random"})
"""What is not compared with chance: the plan's own order, and chance itself."""

WATCHED_SHARE = 0.2
"""The share of a round that chance draws where a strategy is watched and no share is given."""


class PolicySettings(SettingsSection):
    """Who labels what."""

    target_error: float = Field(0.05, gt=0, lt=1)
    """The promise: at most this share of the labels is wrong, measured by what people say blind."""
    risk: float = Field(0.05, gt=0, lt=1)
    """The probability with which the promise may be broken."""
    groups: str | None = Field(None, min_length=1)
    """A field of the tasks' data, such as `language`: the promise is made of the tasks of each of
    its values alone, each at this error and risk; null: of all tasks together."""
    pilot: int | None = Field(None, ge=0)
    """Items picked at random that people label first; null: 10%, at least 60 and at most 120."""
    batch: float = Field(5.0, ge=0)
    """How many needless labels of people one round of waiting less is worth: the more, the larger
    the batches that audits are asked in, and the fewer; 0: none of the labels proves needless."""
    random_share: float | None = Field(None, ge=0, le=1)
    """The share of each round of reviews that is drawn at random, by which the strategy of
    `selection` is compared with chance; null: 0.2 where a strategy is named that may lose to
    chance, none with `predicted-error` and `random`."""
    selection: SelectionName = "predicted-error"
    """Which of the reviews that the plan wants come first: the most doubtful, or those that a
    strategy of active learning expects to teach the model the most. `auto` takes the strategy that
    does best at so many answers, and the most doubtful where the backend has no embeddings. See
    docs/selection.md."""
    blind_share: float = Field(0.1, ge=0, le=1)
    """The share of reviews, picked at random, for which people do not see the model's label."""
    votes: int = Field(1, ge=1)
    """People that a reviewed item is given to at first."""
    max_votes: int = Field(5, ge=1)
    """Reviewers that an item whose label is in doubt may be given to in all; then, an expert."""
    settle_above: float = Field(0.95, ge=0, le=1)
    """Ask one more person while the label is less probable, by people's answers and the model's
    belief together, and it is worth it."""
    error_cost: float = Field(60.0, ge=0)
    """What one wrong label costs, in prices of a human label: a vote must be worth its own."""
    patience_days: float | None = Field(None, gt=0)
    """Days after which an item that waits for a reviewer moves on to another one; null: never."""
    earlier_answers: Literal["votes", "controls", "ignore"] = "votes"
    """What people's annotations from before Tandem count as: people's votes, `controls` that are
    known to be right, or nothing."""
    needs: str | None = Field(None, min_length=1)
    """A field of the tasks' data that says what languages and abilities a task needs, such as
    `German, law`: only reviewers who have all of them are asked; null: anybody is."""
    matching: bool = False
    """Whether who is asked what follows what people's answers are worth on what the item probably
    is, and their price; else, whoever has the least to do is asked. See docs/reviewers.md."""
    seed: int = 0
    """Seed of every random choice of the controller."""

    @property
    def drawn_share(self) -> float:
        """The share of each round that chance draws, in [0, 1]: as given, or as watching needs."""
        if self.random_share is not None:
            return self.random_share
        return 0.0 if self.selection in UNWATCHED else WATCHED_SHARE
