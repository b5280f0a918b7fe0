"""What a rule is given, a record of the work done, and what it returns, findings with p-values."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pandas as pd

from aggregation.quality.rules.crowd import Crowd
from labeling.errors import TandemError
from labeling.mathtypes import Bools, Floats, Indices

REQUIRED = ("task", "worker", "label")
"""Columns that the frame of answers must have."""

OPTIONAL: Mapping[str, bool | float | str | None] = {
    "is_blind": True,
    "seconds": np.nan,
    "submitted_at": None,
    "text": "",
    "prelabel": None,
    "asked_as": "",
    "confidence": np.nan,
    "is_planned": True,
}
"""Columns that it may have, each with what stands for "not known"."""


@dataclass(frozen=True)
class Work:
    """The work that people did, one row an answer, in the order in which each person did it.

    Attributes:
        answers: The columns `task`, `worker`, `label`, `is_blind` (no pre-label was shown),
            `seconds` (the answer's lead time; NaN: not measured), `submitted_at` (NaT: not known),
            `text` (of the item), `prelabel` (that was shown; None: none was), `asked_as` (why the
            item was asked, such as a pilot, a review or an audit: one kind of asking has harder
            items than another one), `confidence` (the model's when it was asked; NaN: none),
            `is_planned` (it was planned before anybody answered the item; else others' answers left
            it in doubt). Sorted by worker, then by time; answers without a time keep the order in
            which they were given.
        labels: The labels in the order in which the form shows them; empty: not known.
        known: Accepted answers of control tasks, by task.
        is_free_text: Whether labels are texts that people wrote, instead of choices.
    """

    answers: pd.DataFrame
    labels: Sequence[str] = ()
    known: Mapping[Any, Collection[str]] = field(default_factory=dict)
    is_free_text: bool = False

    @classmethod
    def of(
        cls,
        answers: pd.DataFrame,
        *,
        labels: Sequence[str] = (),
        known: Mapping[Any, Collection[str]] | None = None,
        is_free_text: bool = False,
    ) -> "Work":
        """Return the record of a frame of answers, one of a person a task.

        Args:
            answers: With the columns `task`, `worker`, `label`, and those of `OPTIONAL` that are
                known; any others are left out.
            labels: The labels in the order in which the form shows them.
            known: Accepted answers of control tasks, by task.
            is_free_text: Whether labels are texts that people wrote.

        Raises:
            TandemError: A column is missing.
        """
        missing = [name for name in REQUIRED if name not in answers]
        if missing:
            raise TandemError(
                f"The record of the work lacks the column {missing[0]!r}",
                hint="Give an answer's task, worker and label.",
            )
        rows = answers.reindex(columns=[*REQUIRED, *OPTIONAL])
        for name in set(OPTIONAL) - set(answers):
            rows[name] = pd.Series(OPTIONAL[name], index=rows.index, dtype="object")
        rows = rows.astype(
            {"worker": "str", "label": "str", "seconds": "float64", "confidence": "float64"}
        )
        rows["submitted_at"] = pd.to_datetime(rows["submitted_at"], utc=True)
        rows = rows.sort_values(["worker", "submitted_at"], kind="stable", ignore_index=True)
        return cls(rows, tuple(labels), dict(known or {}), is_free_text)

    @cached_property
    def planned(self) -> "Work":
        """The record without the answers that were asked for because others left a doubt."""
        kept = self.answers["is_planned"].to_numpy(dtype=np.bool_)
        if kept.all():
            return self
        return replace(self, answers=self.answers[kept].reset_index(drop=True))

    @cached_property
    def workers(self) -> Sequence[str]:
        """Everybody's name, sorted."""
        return [str(name) for name in sorted(self.answers["worker"].unique())]

    @cached_property
    def of_worker(self) -> Indices:
        """Whose each answer is, as the place of the name in `workers`, shape (answers,)."""
        codes: Indices = np.searchsorted(self.workers, self.answers["worker"]).astype(np.intp)
        return codes

    @cached_property
    def of_task(self) -> Indices:
        """Each answer's task, numbered as they come, shape (answers,)."""
        return pd.factorize(self.answers["task"])[0].astype(np.intp)

    @cached_property
    def of_asking(self) -> Indices:
        """Why each answer was asked for, numbered as these come, shape (answers,)."""
        return pd.factorize(self.answers["asked_as"])[0].astype(np.intp)

    @cached_property
    def log_words(self) -> Floats:
        """The natural log of each text's number of words, and one more, shape (answers,)."""
        codes, texts = pd.factorize(self.answers["text"])
        lengths = np.array([len(text.split()) for text in texts], dtype=np.float64)
        logs: Floats = np.log1p(lengths)[codes]
        return logs

    @cached_property
    def crowd(self) -> Crowd:
        """What the others say of each item; not for free texts, of which no two are the same."""
        return Crowd.of(self.of_task, self.answers["label"], self.labels)

    @cached_property
    def is_control(self) -> Bools:
        """Whether each answer is one to a control task, shape (answers,)."""
        return self.answers["task"].isin(list(self.known)).to_numpy(dtype=np.bool_)

    @cached_property
    def is_right(self) -> Bools:
        """Whether each answer is an accepted one of a control task, shape (answers,)."""
        right = self.is_control.copy()
        asked = self.answers.loc[right, ["task", "label"]]
        right[right] = [label in self.known[task] for task, label in asked.to_numpy()]
        return right

    def people_with(
        self, fewest: int, counted: Bools | None = None
    ) -> Iterator[tuple[int, Indices]]:
        """Go through the people who gave enough answers, in the order of `workers`.

        Args:
            fewest: Answers that a person must have given.
            counted: Which answers count, shape (answers,); None: all.

        Yields:
            A person's place in `workers`, and the rows of their answers that count, by time.
        """
        for who, rows in enumerate(self.rows_by_worker()):
            own = rows if counted is None else rows[counted[rows]]
            if len(own) >= fewest:
                yield who, own

    def rows_by_worker(self) -> Sequence[Indices]:
        """Return the rows of each person, in the order of `workers` and of their work."""
        edges = np.searchsorted(self.of_worker, np.arange(1, len(self.workers)))
        rows: Sequence[Indices] = np.split(np.arange(len(self.answers), dtype=np.intp), edges)
        return rows


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of one person.

    Attributes:
        rule: The rule's name.
        workers: Whom it is about; of a pair, the person first, then whom they work alike with.
        p_value: The probability, at most, that an honest person's work looks at least like this.
        line: One line with the numbers, for the admin.
    """

    rule: str
    workers: tuple[str] | tuple[str, str]
    p_value: float
    line: str


class Rule(Protocol):
    """Sees one sign of carelessness.

    It returns at most one finding of each person, and none of people of whom it cannot tell
    anything. The p-value of an honest person falls below any x with probability at most x.

    **A rule alone never sanctions.** What it sees has honest explanations; it is shown to the
    admin, and raises the person's share of control tasks. Those decide.
    """

    def __call__(self, work: Work) -> Sequence[Finding]:
        """Return what the rule finds in the work."""
