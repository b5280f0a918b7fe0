"""How good and how fast a student is beside its teacher, and whether a cascade keeps its word.

    python -m bench.distill FOLDER [--answers N] [--learners NAME...] [--seeds N] [--json]

For the form of a folder see `bench.beliefs`. For every seed a third of the items is held out, drawn
at random; of the others, so many as asked for are answered by their gold labels, and at most
`--open` are labelled by the teacher, whose gold labels nobody sees. The teacher is what the service
fits to the answers within a lesson, and `--learners` beside it. `student` is what `tandem distill`
exports: it learned from the teacher. In the cascade another answers, which learned from the lesson
alone, as a training makes it; its threshold is learned on the answers, out of fold.

`loss` is the teacher's accuracy less the cascade's, on the held-out items; it `exceeds` where it is
larger than stated there. A held-out set of a thousand items measures it to within about half a
percent, so that the worlds of `--worlds`, whose true loss is known, are what counts violations.

Speed is in texts per second of the process's CPU time, in one thread, the model's cache left out.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from backend.classifiers.cascade import HeldOutAnswers, choose_rule
from backend.classifiers.student import Student
from backend.distillation.fit import distil
from backend.distillation.token_vectors import TokenVectors, token_vectors
from backend.learning.learners.base import Learner
from backend.learning.learners.judging import judge
from backend.learning.learners.registry import chosen, new_learner
from backend.learning.learners.student import StudentLearner, calibrated_head
from bench.beliefs import read_beliefs
from bench.classification_work import read_work
from bench.distill_speed import speeds_of
from bench.distill_worlds import worlds
from bench.seed_mean import SeedMean, mean_of
from bench.stack import fit_stack, material_of, texts_of
from labeling.metrics import expected_calibration_error
from labeling.settings.load import load
from tandem.replay.beliefs import Beliefs

HELD_OUT = 1 / 3
"""The share of the items that is judged on."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """One draw.

    Attributes:
        teacher: Accuracy on the held-out items.
        student: The same, of what is exported.
        cascade: The same.
        agreement: Share of the held-out items that teacher and student label alike.
        ece: Of the student.
        share: Share of the held-out items that the student answers in the cascade.
        loss: Accuracy of the teacher, less that of the cascade.
        seconds: CPU time of the distillation.
    """

    teacher: float
    student: float
    cascade: float
    agreement: float
    ece: float
    share: float
    loss: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--answers", type=int, default=1000, metavar="N")
    parser.add_argument("--learners", nargs="*", default=["prototypes", "words"])
    parser.add_argument("--budget", type=float, default=np.inf, help="seconds to judge a learner")
    parser.add_argument("--seeds", type=int, default=5, help="draws of answers and held-out items")
    parser.add_argument("--first", type=int, default=7600, metavar="N", help="items at most")
    parser.add_argument("--open", type=int, default=5000, metavar="N", help="open texts at most")
    parser.add_argument("--loss", type=float, default=0.01, help="accuracy that may be lost")
    parser.add_argument("--risk", type=float, default=0.05, help="but for this probability")
    parser.add_argument("--worlds", type=int, default=1000, help="drawn worlds of known loss")
    parser.add_argument("--cache", type=Path, help="where scores and embeddings are kept")
    parser.add_argument("--json", action="store_true", help="end with the results as one object")
    given = parser.parse_args(arguments)
    settings = load()
    cache = given.cache or settings.data_dir / "bench"
    learners = [new_learner(where, settings) for where in chosen(given.learners).values()]
    torch.set_num_threads(1)
    with threadpool_limits(1):
        work = read_work(given.folder, {}, given.first)
        beliefs = read_beliefs(given.folder, settings, cache, given.first)
        vectors = token_vectors(settings.model_copy(update={"data_dir": cache}))
        seeds = [measure(beliefs, vectors, learners, given, seed) for seed in range(given.seeds)]
        speeds = speeds_of(work, settings, seeds[0][1])
        broken, share = worlds(given.worlds, given.answers, given.loss, given.risk)
    means = summary([result for result, _ in seeds])
    exceeds = sum(result.loss > given.loss for result, _ in seeds)
    Console().print(_table(means, speeds))
    Console().print(
        f"Loss above {given.loss} on the held-out items: {exceeds} of {given.seeds} seeds."
        f" Of worlds whose loss is known: {broken} of {given.worlds}, mean share {share:.3f}."
    )
    if given.json:
        found = {
            "folder": given.folder.name,
            "answers": given.answers,
            "seeds": given.seeds,
            "figures": {name: asdict(mean) for name, mean in means.items()},
            "texts_per_second": speeds,
            "exceeds": exceeds,
            "worlds": {"number": given.worlds, "violations": broken, "share": share},
        }
        print(json.dumps(found))


def measure(
    beliefs: Beliefs,
    vectors: TokenVectors,
    learners: Sequence[Learner],
    given: argparse.Namespace,
    seed: int,
) -> tuple[SeedResult, Student]:
    """Teach, distil and set a threshold; judge all three on items that none saw.

    Args:
        beliefs: The items: texts, what the language model believes, gold labels, embeddings.
        vectors: What tokens mean.
        learners: Those that teach beside what a lesson fits.
        given: How many are answered (`answers`), and labelled by the teacher at most (`open`); what
            the cascade may lose (`loss`), but for which probability (`risk`); the seconds to judge
            a learner (`budget`).
        seed: Of the draw.

    Returns:
        The figures, and the student.
    """
    items = len(beliefs.gold)
    order = np.random.default_rng(seed).permutation(items)
    held = order[-int(np.ceil(items * HELD_OUT)) :]
    known, rest = np.split(order[: items - len(held)], [given.answers])
    open_ = rest[: given.open]
    material = material_of(beliefs, known, open_)
    teacher = fit_stack(material, learners, given.budget)
    of_open, of_held = (teacher.label(texts_of(beliefs, rows)) for rows in (open_, held))
    began = time.process_time()
    made = distil(
        material.values,
        vectors,
        material.known.texts,
        material.answers.with_beliefs(teacher.out_of_fold),
        [beliefs.texts[row] for row in open_],
        of_open,
    )
    seconds = time.process_time() - began
    said, gold = material.answers.answers, beliefs.gold[held]
    # Teacher and student of a part's texts both lack that part's answers.
    learner = StudentLearner(lambda: vectors, calibrated_head)
    answering = learner.fit(material)(texts_of(beliefs, held))
    judged = judge(learner, material, time.process_time).probabilities
    rule = choose_rule(
        HeldOutAnswers(
            judged.max(axis=1),
            judged.argmax(axis=1) == said,
            teacher.out_of_fold.argmax(axis=1) == said,
        ),
        given.loss,
        given.risk,
    )
    by_student = made.student.probabilities([beliefs.texts[row] for row in held])
    of_student, of_teacher = by_student.argmax(axis=1), of_held.argmax(axis=1)
    sure = rule.is_sure(answering)
    together = np.where(sure, answering.argmax(axis=1), of_teacher)
    accuracy = {
        name: float((labels == gold).mean())
        for name, labels in (("teacher", of_teacher), ("student", of_student), ("both", together))
    }
    result = SeedResult(
        teacher=accuracy["teacher"],
        student=accuracy["student"],
        cascade=accuracy["both"],
        agreement=float((of_student == of_teacher).mean()),
        ece=expected_calibration_error(by_student.max(axis=1), of_student == gold),
        share=float(sure.mean()),
        loss=accuracy["teacher"] - accuracy["both"],
        seconds=seconds,
    )
    return result, made.student


def summary(results: Sequence[SeedResult]) -> dict[str, SeedMean]:
    """Return each figure's mean over the seeds, and the student's accuracy as a share of it."""
    rows = [asdict(one) for one in results]
    means = {name: mean_of([row[name] for row in rows]) for name in rows[0]}
    kept = mean_of([one.student / one.teacher for one in results])
    return {**means, "student / teacher": kept}


def _table(means: dict[str, SeedMean], speeds: dict[str, float]) -> Table:
    table = Table("figure", "mean", "95%")
    for name, one in means.items():
        table.add_row(name, f"{one.mean:.4f}", f"[{one.low:.4f}, {one.high:.4f}]")
    slowest = speeds["language model"]
    for name, speed in speeds.items():
        table.add_row(f"{name}: texts/s", f"{speed:,.1f}", f"{speed / slowest:,.0f} times")
    return table


if __name__ == "__main__":
    main()
