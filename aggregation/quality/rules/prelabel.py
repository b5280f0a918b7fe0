"""Pre-label: agreement with a pre-label that was shown, where blind people disagree with it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aggregation.quality.rules.among_people import unusually_often
from aggregation.quality.rules.contract import Finding, Work

NAME = "prelabel"

FEWEST = 5
"""Answers beside a pre-label that blind people reject, which a person must have given."""


def prelabel(work: Work) -> Sequence[Finding]:
    """Find people who keep a wrong pre-label more often than others who saw one.

    A pre-label is taken to be wrong where most blind answers to the item say one other label. The
    null hypothesis: how often a person keeps such a pre-label is spread among honest people, all
    of whom are somewhat drawn to it, as it is among these.

    Args:
        work: With pre-labels that were shown, and blind answers to some of the same items.

    Returns:
        A finding of each person with enough such answers.
    """
    blind = work.answers[work.answers["is_blind"].to_numpy(np.bool_)]
    shown = work.answers[work.answers["prelabel"].notna()]
    if work.is_free_text or blind.empty or shown.empty:
        return []
    votes = blind.groupby(["task", "label"]).size().rename("votes").reset_index()
    top = votes.groupby("task")["votes"].transform("max")
    leading = votes[votes["votes"] == top].drop_duplicates("task", keep=False)
    believed = shown["task"].map(pd.Series(leading["label"].to_numpy(), index=leading["task"]))
    rejected = shown[believed.notna() & (believed != shown["prelabel"])]
    kept = (rejected["label"] == rejected["prelabel"]).groupby(rejected["worker"])
    table = pd.DataFrame({"kept": kept.sum(), "of": kept.size()})
    table = table[table["of"] >= FEWEST]
    counts, of = (table[name].to_numpy(np.int64) for name in ("kept", "of"))
    usual = counts.sum() / max(1, of.sum())
    return [
        Finding(
            NAME,
            (str(who),),
            float(p_value),
            f"keeps {count} of {size} pre-labels that blind people reject, people on the whole"
            f" {usual:.0%}",
        )
        for who, p_value, count, size in zip(
            table.index, unusually_often(counts, of), counts, of, strict=True
        )
    ]
