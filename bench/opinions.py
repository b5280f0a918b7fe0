"""How near the model comes to what people say, where it is taught labels, or shares of people.

    python -m bench.opinions FOLDER [--votes N...] [--taught N] [--seeds N] [--json]

The folder holds `items.csv` (item_id, text) and `crowd.csv` (task, worker, label). The settings'
model labels all texts. Each seed draws texts to teach, and of each of these N votes: once as the
label that they come to, with its probability, once as the shares of people who gave each label.
What the model then says of all other texts is held against all votes on them: log loss, in nats a
vote; the Brier score; ECE, of its confidence against the share of people who agree; and how sure it
is beside how many agree. `untaught` is the model before it learned, `base rates` what people say of
all taught texts together, the same of every text.

Of the taught texts themselves what people would say is estimated, from `their votes` alone, and
from these `and belief`, which is learned from the other taught texts: held against the votes that
were not drawn.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from aggregation.consensus import ProjectConsensus
from aggregation.subjective.label_distributions import label_distributions
from aggregation.votes import Answer
from backend.calibration.noisy_labels import NoisyLabels, folds
from backend.learning.fit_calibration import fit_all
from bench.classification_work import label_config_of
from labeling.form.form import parse
from labeling.mathtypes import Bools, Floats, Indices
from labeling.metrics import expected_calibration_error
from labeling.settings.load import load
from tandem.replay.beliefs import Beliefs
from tandem.replay.model import embedded, score

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
Votes = Sequence[Sequence[tuple[str, str]]]
"""Of each text, who gave which label."""


@dataclass(frozen=True, slots=True)
class OpinionsResult:
    """One way to teach: means over the seeds.

    Attributes:
        votes: Votes on each taught text.
        way: What was taught.
        log_loss: Nats a vote of others.
        brier: Brier score of a vote of others.
        ece: Expected calibration error against the share of people who agree.
        confidence: Mean confidence.
        agreement: Mean share of people who agree with the model's answer.
    """

    votes: int
    way: str
    log_loss: float
    brier: float
    ece: float
    confidence: float
    agreement: float


@dataclass(frozen=True, slots=True)
class OpinionCrowd:
    """Texts, what the model believes of them before it learned, and people's votes."""

    beliefs: Beliefs
    labels: Sequence[str]
    votes: Votes

    def shares(self, texts: Bools) -> Floats:
        """Return the share of each label in all votes on some texts, shape (texts, labels)."""
        given = [[label for _, label in self.votes[text]] for text in np.flatnonzero(texts)]
        return np.array([[own.count(one) / len(own) for one in self.labels] for own in given])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--votes", nargs="+", type=int, default=[1, 3], metavar="N")
    parser.add_argument("--taught", type=int, default=300, help="texts that are taught")
    parser.add_argument("--seeds", type=int, default=5, help="draws to average over")
    parser.add_argument("--cache", type=Path, default=Path(".tandem/bench"), metavar="FOLDER")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    with threadpool_limits(1):
        crowd = read_opinions(given.folder, given.cache)
        results = [
            result
            for votes in given.votes
            for result in measure(crowd, votes, given.taught, given.seeds)
        ]
    Console().print(_table(results))
    if given.json:
        print(json.dumps({"results": [asdict(result) for result in results]}))


def read_opinions(folder: Path, cache: Path) -> OpinionCrowd:
    """Read a folder; the settings' model labels it.

    Args:
        folder: Holds `items.csv` and `crowd.csv`.
        cache: Where scores and embeddings are kept.

    Returns:
        Its texts that anybody voted on.
    """
    crowd = pd.read_csv(folder / "crowd.csv", dtype="str", keep_default_na=False)
    crowd = crowd.drop_duplicates(["task", "worker"])
    items = pd.read_csv(folder / "items.csv", dtype="str", keep_default_na=False)
    items = items[items["item_id"].isin(crowd["task"])]
    texts, labels = items["text"].tolist(), sorted(crowd["label"].unique())
    settings = load()
    beliefs = score(texts, parse(label_config_of(labels, {})), "", settings, cache)
    given = dict(iter(crowd.groupby("task")))
    votes = [
        [*zip(given[task]["worker"], given[task]["label"], strict=True)]
        for task in items["item_id"]
    ]
    embeddings = embedded(texts, settings, cache)
    return OpinionCrowd(replace(beliefs, embeddings=embeddings), labels, votes)


def measure(crowd: OpinionCrowd, votes: int, taught: int, seeds: int) -> list[OpinionsResult]:
    """Teach in each way, and hold what the model then says against all votes on other texts.

    Args:
        crowd: The texts.
        votes: Votes on each taught text.
        taught: Texts that are taught.
        seeds: How often these are drawn.

    Returns:
        One result a way.
    """
    found: dict[str, list[Sequence[float]]] = {}
    for seed in track(range(seeds), f"{votes} votes"):
        for way, figures in _ways(crowd, votes, taught, seed).items():
            found.setdefault(way, []).append(figures)
    means = {way: np.mean(figures, axis=0).tolist() for way, figures in found.items()}
    return [OpinionsResult(votes, way, *figures) for way, figures in means.items()]


def _ways(crowd: OpinionCrowd, votes: int, taught: int, seed: int) -> Mapping[str, Sequence[float]]:
    rng = np.random.default_rng(seed)
    beliefs = crowd.beliefs
    is_taught = np.zeros(len(crowd.votes), dtype=np.bool_)
    is_taught[rng.permutation(len(crowd.votes))[:taught]] = True
    drawn = [
        [crowd.votes[text][place] for place in rng.permutation(len(crowd.votes[text]))[:votes]]
        for text in np.flatnonzero(is_taught)
    ]
    logs, rest = beliefs.log_probabilities[is_taught], beliefs.log_probabilities[~is_taught]
    vectors = beliefs.embeddings
    known, asked = (None, None) if vectors is None else (vectors[is_taught], vectors[~is_taught])
    as_shares = _as_shares(drawn, crowd.labels, logs)
    as_labels, is_settled = _as_labels(drawn, crowd.labels, logs)
    base = as_shares.said.mean(axis=0)
    of_settled = None if known is None else known[is_settled]
    said = {
        "untaught": np.exp(rest),
        "base rates": np.tile(base, (len(rest), 1)),
        "labels": fit_all(as_labels, of_settled, None).calibration(rest, asked),
        "shares": fit_all(as_shares, known, None).calibration(rest, asked),
    }
    shares = crowd.shares(~is_taught)
    figures = {way: _figures(one, shares) for way, one in said.items()}
    return {**figures, **_of_taught(crowd, np.flatnonzero(is_taught), drawn, as_shares, known)}


def _of_taught(
    crowd: OpinionCrowd,
    texts: Indices,
    drawn: Votes,
    taught: NoisyLabels,
    embeddings: Floats | None,
) -> Mapping[str, Sequence[float]]:
    """Hold what people would say of the taught texts against the votes that were not drawn."""
    believed = np.empty_like(taught.log_probabilities)
    part = folds(len(texts))
    for number in np.unique(part):
        held = part == number
        known, asked = (None, None) if embeddings is None else (embeddings[~held], embeddings[held])
        calibration = fit_all(taught.part(~held), known, None).calibration
        believed[held] = calibration(taught.log_probabilities[held], asked)
    votes = {place: [label for _, label in own] for place, own in enumerate(drawn)}
    beliefs = {
        place: dict(zip(crowd.labels, row, strict=True))
        for place, row in enumerate(believed.tolist())
    }
    others = [
        [label for who, label in crowd.votes[text] if (who, label) not in own]
        for text, own in zip(texts, drawn, strict=True)
    ]
    judged = [place for place, own in enumerate(others) if own]
    rest = [others[place] for place in judged]
    shares = np.array([[own.count(one) / len(own) for one in crowd.labels] for own in rest])
    found = {}
    for way, prior in (("their votes", None), ("and belief", beliefs)):
        estimated = label_distributions(votes, crowd.labels, prior).shares
        said = np.array([[*estimated[place].values()] for place in judged])
        found[way] = _figures(said, shares)
    return found


def _as_labels(
    votes: Votes, labels: Sequence[str], logs: Floats
) -> tuple[NoisyLabels, Sequence[int]]:
    """Write votes as the label that they come to, with its probability, where they come to one."""
    answers = [
        Answer(text, worker, label, "person", NOON)
        for text, own in enumerate(votes)
        for worker, label in own
    ]
    consensus = ProjectConsensus(answers, {}, labels)
    settled = [text for text, p in consensus.probabilities.items() if p > 0.5]
    taught = NoisyLabels(
        logs[settled],
        np.array([labels.index(consensus.labels[text]) for text in settled], dtype=np.intp),
        np.array([consensus.probabilities[text] for text in settled]),
    )
    return taught, settled


def _as_shares(votes: Votes, labels: Sequence[str], logs: Floats) -> NoisyLabels:
    """Write votes as the share of people who gave each label."""
    shares = np.array(
        [[sum(label == one for _, label in own) / len(own) for one in labels] for own in votes]
    )
    return NoisyLabels(logs, shares.argmax(axis=1), np.ones(len(votes)), shares)


def _figures(said: Floats, shares: Floats) -> Sequence[float]:
    rows = np.arange(len(said))
    confidence, agreement = said.max(axis=1), shares[rows, said.argmax(axis=1)]
    log_loss = -(shares * np.log(np.maximum(said, 1e-12))).sum(axis=1).mean()
    brier = ((said**2).sum(axis=1) - 2 * (said * shares).sum(axis=1) + 1).mean()
    ece = expected_calibration_error(np.minimum(confidence, 1.0), agreement)
    return [
        float(log_loss), float(brier), float(ece), float(confidence.mean()), float(agreement.mean())
    ]  # fmt: skip


def _table(results: Sequence[OpinionsResult]) -> Table:
    table = Table()
    for column in ("votes", "taught", "log loss", "Brier", "ECE", "confidence", "agree"):
        table.add_column(column)
    for one in results:
        figures = (one.log_loss, one.brier, one.ece, one.confidence, one.agreement)
        table.add_row(str(one.votes), one.way, *(f"{figure:.3f}" for figure in figures))
    return table


if __name__ == "__main__":
    main()
