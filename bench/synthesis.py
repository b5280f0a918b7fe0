"""What synthetic texts bring: alone, beside people's, through the gates, generation by generation.

    python -m bench.synthesis FOLDER [--seeds N] [--people N] [--generations N] [--json]

For the form of a folder see `bench.synthesis_data`. Macro-F1 is that of people's test texts, the
most probable label said. Everything is learned by the same learner, the head over embedding and
words of `learning.train: words`, which gets:

- `people`: so many of people's texts: with the first seed those that the models made theirs of,
  with the others as many drawn from people's other texts.
- `synthetic`: one model's texts, unfiltered and alone.
- `unfiltered`: both, each text counting alike.
- `guarded`: people's texts, and what passed the gates and agrees with what people's texts teach, as
  far as the guard lets it count.

Then generations of a simulated writer; see `bench.synthesis_generations`.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.metrics import f1_score  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from backend.learning.learners.collapse_guard import CAP, fit_guarded
from backend.learning.learners.text_classifier import LearnedClassifier
from backend.learning.learners.weighted_words import WeightedWords
from backend.learning.material import Material, Texts
from backend.synthesis.gates import Passed, all_gates, pass_gates
from backend.synthesis.synthetic_texts import SyntheticTexts
from bench.seed_mean import SeedMean, mean_of
from bench.synthesis_data import HumanTexts, SynthesisWork, read_work
from bench.synthesis_generations import Generation, generations
from labeling.mathtypes import Floats
from labeling.settings.load import load

ARMS = ("people", "synthetic", "unfiltered", "guarded")


@dataclass(frozen=True, slots=True)
class Scores:
    """What one way to learn comes to.

    Attributes:
        macro_f1: Of the most probable label, on people's test texts.
        log_loss: Nats a test text.
    """

    macro_f1: float
    log_loss: float


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One draw of people's texts, with one model's.

    Attributes:
        arms: By the way to learn.
        share: Of synthetic texts in all that counts, as the guard chose it.
        passed: Share of the synthetic texts that passed the gates.
        agreeing: Share of these whose label what people's texts teach agrees with.
        gates: What each gate did, in JSON's types.
    """

    arms: Mapping[str, Scores]
    share: float
    passed: float
    agreeing: float
    gates: Sequence[Mapping[str, Any]]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--people", type=int, default=500, metavar="N", help="of people's texts")
    parser.add_argument("--synthetic", type=int, metavar="N", help="texts of a model at most")
    parser.add_argument("--seeds", type=int, default=3, help="draws of people's texts")
    parser.add_argument("--generations", type=int, default=10, metavar="N")
    parser.add_argument("--cap", type=float, default=CAP, help="the guard's")
    parser.add_argument("--cache", type=Path, help="where embeddings are kept")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    torch.set_num_threads(1)
    with threadpool_limits(1):
        cache = given.cache or settings.data_dir / "bench"
        work = read_work(given.folder, settings, cache, given.synthetic)
        by_engine: dict[str, list[SeedResult]] = {name: [] for name in work.by_engine}
        chains: dict[str, list[list[Generation]]] = {"alone": [], "guarded": []}
        for seed in track(range(given.seeds), given.folder.name, console=Console(stderr=True)):
            people = draw(work, given.people, seed)
            for name, synthetic in work.by_engine.items():
                outcome = measure(work, people, synthetic, given.cap)
                by_engine[name].append(outcome)
            for name, found in chains.items():
                found.append(
                    generations(
                        people,
                        work.test,
                        work.values,
                        given.generations,
                        seed,
                        guarded=name == "guarded",
                    )
                )
    Console().print(_table(by_engine), _gate_table(by_engine), _generation_table(chains))
    if given.json:
        print(json.dumps(_as_json(given, by_engine, chains)))


def draw(work: SynthesisWork, number: int, seed: int) -> HumanTexts:
    """Return people's texts that are learned from; see above."""
    source = work.pool if seed else work.base
    order = np.random.default_rng(seed).permutation(len(source))[:number]
    return source.part(np.sort(order))


def measure(
    work: SynthesisWork,
    people: HumanTexts,
    synthetic: SyntheticTexts,
    cap: float = CAP,
) -> SeedResult:
    """Learn in each way, and judge on people's test texts.

    Args:
        work: Labels and test texts.
        people: People's texts.
        synthetic: One model's.
        cap: The guard's.

    Returns:
        The figures.
    """
    material, nobody = people.material(work.values), HumanTexts((), np.empty(0, np.intp), None)
    alone = _learn(material)
    unfiltered = _beside(people, synthetic)
    of_model = _beside(nobody, synthetic)
    passed = pass_gates(all_gates(alone.classifier), synthetic, people.beside(work.test))
    kept = _of_known_parents(synthetic.part(passed.passes), people)
    fit = WeightedWords.read((*people.texts, *kept.texts))
    guarded = fit_guarded(fit, material, kept, cap=cap)
    learned: dict[str, Callable[[Texts], Floats]] = {
        "people": alone,
        "synthetic": _learn(of_model.material(work.values)),
        "unfiltered": _learn(unfiltered.material(work.values)),
        "guarded": guarded,
    }
    arms = {name: _scores(one, work) for name, one in learned.items()}
    return SeedResult(
        arms,
        guarded.choice.share,
        float(passed.passes.mean()),
        len(guarded.agreeing) / max(len(kept), 1),
        _reports(passed),
    )


def _of_known_parents(synthetic: SyntheticTexts, people: HumanTexts) -> SyntheticTexts:
    """Return texts with those parents alone that are among people's.

    The others are held out by nothing: those of the test part passed no gate.
    """
    known = {*people.texts}
    parents = tuple(parent if parent in known else "" for parent in synthetic.parents)
    return replace(synthetic, parents=parents)


def _learn(material: Material) -> LearnedClassifier:
    return WeightedWords.read(material.known.texts)(material, np.ones(len(material)))


def _beside(people: HumanTexts, synthetic: SyntheticTexts) -> HumanTexts:
    """Put synthetic texts beside people's, as if people had written them."""
    parts = [one for one in (people.embeddings, synthetic.embeddings) if one is not None]
    return HumanTexts(
        (*people.texts, *synthetic.texts),
        np.concatenate([people.labels, synthetic.labels]),
        np.vstack(parts) if parts else None,
    )


def _scores(learned: Callable[[Texts], Floats], work: SynthesisWork) -> Scores:
    said = learned(work.test.known(len(work.values)))
    gold = work.test.labels
    macro_f1 = f1_score(gold, said.argmax(axis=1), average="macro", zero_division=0.0)
    of_gold = np.maximum(said[np.arange(len(gold)), gold], 1e-300)
    return Scores(float(macro_f1), float(-np.log(of_gold).mean()))


def _reports(passed: Passed) -> list[dict[str, Any]]:
    return [one.to_json() for one in passed.reports]


def summary(results: Sequence[SeedResult]) -> dict[str, dict[str, SeedMean]]:
    """Return each way's figures as means over the seeds, and gains over two others."""

    def mean(figure: str, arm: str, less: str | None = None) -> SeedMean:
        of = [getattr(one.arms[arm], figure) for one in results]
        from_ = [getattr(one.arms[less], figure) if less else 0.0 for one in results]
        return mean_of([a - b for a, b in zip(of, from_, strict=True)])

    found = {
        arm: {"macro-F1": mean("macro_f1", arm), "log loss": mean("log_loss", arm)} for arm in ARMS
    }
    for less in ("people", "unfiltered"):
        found[f"guarded - {less}"] = {
            "macro-F1": mean("macro_f1", "guarded", less),
            "log loss": mean("log_loss", "guarded", less),
        }
    return found


def _table(by_engine: Mapping[str, Sequence[SeedResult]]) -> Table:
    table = Table(
        "model", "learned from", "macro-F1", "95%", "log loss", "share", "passed", "agree"
    )
    for engine, results in by_engine.items():
        for arm, figures in summary(results).items():
            f1, loss = figures["macro-F1"], figures["log loss"]
            is_guarded = arm == "guarded"
            table.add_row(
                engine,
                arm,
                f"{f1.mean:.3f}",
                f"[{f1.low:.3f}, {f1.high:.3f}]",
                f"{loss.mean:.3f}",
                " ".join(f"{one.share}" for one in results) if is_guarded else "",
                f"{np.mean([one.passed for one in results]):.2f}" if is_guarded else "",
                f"{np.mean([one.agreeing for one in results]):.2f}" if is_guarded else "",
            )
    return table


def _gate_table(by_engine: Mapping[str, Sequence[SeedResult]]) -> Table:
    table = Table("model", "gate", "seen", "refused", "figures", title="Gates, first seed")
    for engine, results in by_engine.items():
        for gate in results[0].gates:
            figures = ", ".join(f"{name} {value}" for name, value in gate["figures"].items())
            table.add_row(engine, gate["name"], str(gate["seen"]), str(gate["refused"]), figures)
    return table


def _generation_table(chains: Mapping[str, Sequence[Sequence[Generation]]]) -> Table:
    table = Table(
        "generations", "number", "macro-F1", "distinct-2", "labels", "share", title="Generations"
    )
    for name, found in chains.items():
        for same in zip(*found, strict=True):
            table.add_row(
                name,
                str(same[0].number),
                f"{np.mean([one.macro_f1 for one in same]):.3f}",
                f"{np.mean([one.distinct for one in same]):.3f}",
                f"{np.mean([one.labels for one in same]):.1f}",
                f"{np.mean([one.share for one in same]):.2f}",
            )
    return table


def _as_json(
    given: argparse.Namespace,
    by_engine: Mapping[str, Sequence[SeedResult]],
    chains: Mapping[str, Sequence[Sequence[Generation]]],
) -> dict[str, Any]:
    return {
        "folder": given.folder.name,
        "people": given.people,
        "seeds": given.seeds,
        "models": {
            engine: {
                "figures": {
                    arm: {name: asdict(one) for name, one in figures.items()}
                    for arm, figures in summary(results).items()
                },
                "shares": [one.share for one in results],
                "passed": [one.passed for one in results],
                "agreeing": [one.agreeing for one in results],
                "gates": [one.gates for one in results],
            }
            for engine, results in by_engine.items()
        },
        "generations": {
            name: [[asdict(one) for one in seed] for seed in found]
            for name, found in chains.items()
        },
    }


if __name__ == "__main__":
    main()
