"""One alpha for all kinds: the published ones where there are any."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from aggregation.quality import alpha as module
from aggregation.quality.agreement import pairwise_agreement
from aggregation.quality.alpha import alpha, mean_similarity
from labeling.answers.types import AnswerType, canonical_json
from labeling.errors import NotEnoughVotes


def votes_of(rows: list[tuple[int, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["task", "worker", "label"])


@dataclass(frozen=True)
class Table:
    """Answers as they are printed, and the alphas that a reference program works out of them.

    Attributes:
        rows: A coder each, with a character a unit; `*` for no answer.
        nominal: The nominal alpha.
        interval: The interval alpha.
    """

    rows: tuple[str, ...]
    nominal: float
    interval: float

    @property
    def votes(self) -> pd.DataFrame:
        said = [(t, f"w{w}", x) for w, row in enumerate(self.rows) for t, x in enumerate(row)]
        return votes_of([one for one in said if one[2] != "*"])


TABLES = {
    # K. Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, parts A to C, which
    # prints 0.095; 0.692; 0.743 nominal and 0.849 interval.
    "two coders, two labels": Table(
        ("1211111121", "2221121111"), 0.09523809523809534, 0.09523809523809534
    ),
    "two coders, five labels": Table(
        ("112243335441", "212223335444"), 0.6919642857142858, 0.6202830188679245
    ),
    "four coders": Table(
        ("123321412***", "1233224125*3", "*3332342251*", "12332441251*"),
        0.743421052631579,
        0.8491071428571428,
    ),
    # Wikipedia, "Krippendorff's alpha": 0.691 nominal, 0.811 interval.
    "mostly missing": Table(
        ("*****34121133*3", "1*213343*******", "**21344*21133*4"),
        0.691358024691358,
        0.8108448928121059,
    ),
    # Drawn at random, three answers in ten missing: coders who agree, in part, and not at all.
    "agreeing": Table(
        (
            "**32*1151*453454**3525*1",
            "***52311354534*4*2*5254*",
            "*4**2*1*15*53454*3***541",
            "54322*114*4*345**335254*",
        ),
        0.7824435112977405,
        0.7078651685393258,
    ),
    "agreeing in part": Table(
        (
            "334*12*5*3*32523111*4*55",
            "*545*35522532**42211**43",
            "3345*15444**25*24311555*",
            "44454**522532*2513*41*33",
        ),
        0.34308636149126936,
        0.49034749034749026,
    ),
    "at chance": Table(
        (
            "44*254*1133354*1232*2**3",
            "3132*1*1*253*1*4**24*4*1",
            "234515*1*254213*315*3*54",
            "*2*43**3****4*5*35******",
        ),
        -0.046355841371918505,
        -0.11022316936009013,
    ),
}
"""The alphas are those of the program `krippendorff` 0.9.0."""


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_it_is_the_nominal_and_the_interval_alpha_of_the_reference_program(table: Table) -> None:
    assert alpha(AnswerType.CLASS, table.votes) == pytest.approx(table.nominal)
    assert alpha(AnswerType.SCALE, table.votes) == pytest.approx(table.interval)
    assert alpha(AnswerType.NUMBER, table.votes) == pytest.approx(table.interval)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_the_length_of_the_scale_changes_nothing(table: Table) -> None:
    assert alpha(AnswerType.SCALE, table.votes, steps=9) == pytest.approx(
        alpha(AnswerType.SCALE, table.votes)
    )


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
def test_the_mean_similarity_of_classes_is_their_pairwise_agreement(table: Table) -> None:
    agreement = pairwise_agreement(table.votes)
    assert mean_similarity(AnswerType.CLASS, table.votes) == pytest.approx(agreement)


def random_sets(rng: np.random.Generator, agreeing: bool) -> pd.DataFrame:
    rows = []
    for task in range(150):
        said = [canonical_json([x for x in "ABCD" if rng.random() < 0.5]) for _ in range(3)]
        rows += [(task, f"w{w}", said[0] if agreeing else said[w]) for w in range(3)]
    return votes_of(rows)


def test_chance_is_zero_and_agreement_one() -> None:
    rng = np.random.default_rng(0)
    assert alpha(AnswerType.SET, random_sets(rng, agreeing=True)) == pytest.approx(1.0)
    assert alpha(AnswerType.SET, random_sets(rng, agreeing=False)) == pytest.approx(0.0, abs=0.07)


def test_near_misses_count_as_agreement_in_part() -> None:
    near = votes_of(
        [(t, w, f'[[{t * 9},{t * 9 + 5 + i},"A"]]') for t in range(9) for i, w in enumerate("xy")]
    )
    assert alpha(AnswerType.SPANS, near) == pytest.approx(10 / 11, abs=0.02)
    assert alpha(AnswerType.CLASS, near) == pytest.approx(0.0, abs=0.1)


def test_sampled_pairs_estimate_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    votes = random_sets(np.random.default_rng(1), agreeing=False)
    exact = alpha(AnswerType.SET, votes)
    monkeypatch.setattr(module, "MOST_PAIRS", 100)
    assert alpha(AnswerType.SET, votes) == alpha(AnswerType.SET, votes.iloc[::-1])
    assert alpha(AnswerType.SET, votes) == pytest.approx(exact, abs=0.15)


@pytest.mark.parametrize("rows", [[], [(1, "x", "A"), (2, "y", "B")]], ids=["none", "unshared"])
def test_without_shared_items_it_is_undefined(rows: list[tuple[int, str, str]]) -> None:
    with pytest.raises(NotEnoughVotes, match="two people"):
        alpha(AnswerType.CLASS, votes_of(rows))
    with pytest.raises(NotEnoughVotes, match="two people"):
        mean_similarity(AnswerType.CLASS, votes_of(rows))


def test_where_all_say_the_same_it_is_undefined() -> None:
    with pytest.raises(NotEnoughVotes, match="not defined"):
        alpha(AnswerType.NUMBER, votes_of([(1, "x", "3"), (1, "y", "3")]))
