"""Alternation: two accounts that err alike and are never at work at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from aggregation.quality.rules.alike import AlikeErrors
from aggregation.quality.rules.contract import Finding, Work
from aggregation.quality.rules.permutation import permutation_p
from labeling.mathtypes import Floats

NAME = "alternation"

PAUSE = 600.0
"""Seconds without an answer that end a session."""

WINDOW = 3600.0
"""Seconds within which a session might have begun at any other time."""

ALIKE = 0.05
"""The p-value of a person's shared errors, over all partners, above which nothing is looked at."""


def alternation(work: Work) -> Sequence[Finding]:
    """Find people who err like somebody else and work only while that one does not.

    Two null hypotheses, of which both must fall: that the two do not err alike (as in `pairs`);
    and that they keep out of each other's way by chance: each session of the second might have
    begun at any time of its clock hour. The hours of the day and the days stay as they are, so
    that people of different time zones, or of different days, are nothing unusual.

    Args:
        work: With times of submission and answers that are not free texts.

    Returns:
        A finding of each person who shares an error with somebody and whose times are known.
    """
    at = work.answers["submitted_at"]
    if work.is_free_text or not at.notna().any():
        return []
    sessions = _sessions_of_people(work)
    alike = AlikeErrors.of(work)
    tried = (alike.expected > 0).sum(axis=1)
    findings = []
    for who, name in enumerate(work.workers):
        if not tried[who] or not len(sessions[who]):
            continue
        shares = np.where(alike.expected[who] > 0, alike.p_values[who] * tried[who], 2.0)
        partners = [int(one) for one in np.flatnonzero(shares <= ALIKE)]
        if not partners:
            line = "errs like nobody else"
            findings.append(Finding(NAME, (name,), 1.0, line))
            continue
        tests = [(_apart(sessions[who], sessions[one], [who, one]), one) for one in partners]
        apart, other = min(tests, key=lambda test: max(shares[test[1]], test[0].p_value))
        findings.append(
            Finding(
                NAME,
                (name, work.workers[other]),
                min(1.0, max(float(shares[other]), apart.p_value * len(partners))),
                f"at work at the same time as {work.workers[other]} for"
                f" {apart.overlap / 60:.0f} minutes, {apart.expected / 60:.0f} expected, with"
                f" {alike.shared[who, other]} shared errors, {alike.expected[who, other]:.1f}"
                " expected",
            )
        )
    return findings


@dataclass(frozen=True, slots=True)
class _Apart:
    """How little two people's sessions overlap: the p-value, and seconds."""

    p_value: float
    overlap: float
    expected: float


def _sessions_of_people(work: Work) -> Sequence[Floats]:
    at = work.answers["submitted_at"]
    ends = np.asarray((at - pd.Timestamp(0, tz="UTC")).dt.total_seconds(), dtype=np.float64)
    took = np.asarray(work.answers["seconds"].fillna(0).clip(upper=PAUSE), dtype=np.float64)
    return [_sessions(ends[rows], took[rows]) for rows in work.rows_by_worker()]


def _sessions(ends: Floats, took: Floats) -> Floats:
    """Return when somebody was at work: from and to, in seconds, shape (sessions, 2)."""
    is_known = ~np.isnan(ends)
    ends, starts = ends[is_known], ends[is_known] - took[is_known]
    if not len(ends):
        return np.zeros((0, 2))
    is_new = np.flatnonzero(starts[1:] - ends[:-1] > PAUSE) + 1
    firsts = np.concatenate([[0], is_new])
    lasts = np.concatenate([is_new - 1, [len(ends) - 1]])
    return np.stack([np.minimum(starts[firsts], ends[firsts]), ends[lasts]], axis=1)


def _apart(own: Floats, theirs: Floats, seed: Sequence[int]) -> _Apart:
    """Hold the overlap of sessions against that of sessions that begin at any time of the hour."""
    if not len(own) or not len(theirs):
        return _Apart(1.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    lengths = theirs[:, 1] - theirs[:, 0]
    hours = np.floor(theirs[:, 0] / WINDOW) * WINDOW
    drawn: list[Floats] = []

    def draw(count: int) -> Floats:
        starts = hours + rng.random((count, len(hours))) * WINDOW
        overlaps = _overlap(own, starts, lengths)
        drawn.append(overlaps)
        return -overlaps

    observed = float(_overlap(own, theirs[None, :, 0], lengths)[0])
    p_value = permutation_p(-observed, draw)
    return _Apart(p_value, observed, float(np.concatenate(drawn).mean()))


def _overlap(own: Floats, starts: Floats, lengths: Floats) -> Floats:
    """Return the seconds that sessions share with one's own, a draw, shape (draws,)."""
    # Work done before a time, as a line through the sessions' ends, differs by what lies between.
    times = own.ravel()
    done = np.repeat(np.concatenate([[0.0], np.cumsum(own[:, 1] - own[:, 0])]), 2)[1:-1]
    between = np.interp(starts + lengths, times, done) - np.interp(starts, times, done)
    overlaps: Floats = between.sum(axis=1)
    return overlaps
