"""Numbers and texts: what is never quite the same still has a middle."""

import numpy as np
import pandas as pd
import pytest

from aggregation.by_type.numbers import Numbers
from aggregation.by_type.texts import Texts
from labeling.answers.similarity import similarity
from labeling.answers.types import AnswerType, canonical_json, strings_of
from tests.support.crowds import Speak, crowd_of, votes_of

TEXT = "the old mill by the river was sold to a young baker from the next town in may"


def measurer(noise: float, slips: float = 0.05) -> Speak:
    def say(rng: np.random.Generator, truth: str) -> str:
        slip = 1000.0 if rng.random() < slips else 1.0
        return f"{float(truth) * slip + noise * rng.standard_normal():.3f}"

    return say


def typist(errors: float) -> Speak:
    """Make a worker who leaves out, mistakes or doubles some words."""

    def say(rng: np.random.Generator, truth: str) -> str:
        said = []
        for word in strings_of(truth)[0].split():
            fate = rng.random()
            if fate < errors / 3:
                continue
            said.append(word[::-1] if fate < 2 * errors / 3 else word)
            if 2 * errors / 3 < fate < errors:
                said.append(word)
        return canonical_json([" ".join(said)])

    return say


def test_the_weighted_median_is_nearer_than_mean_and_median() -> None:
    rng = np.random.default_rng(0)
    truth = [f"{x:.3f}" for x in rng.uniform(10, 50, size=300)]
    crowd = {f"w{i}": measurer(0.2 * 2**i) for i in range(6)}
    votes = crowd_of(truth, crowd, votes=4, seed=0)
    fitted = Numbers().fit(votes)
    gold = np.array(truth, dtype=float)
    plain = votes.assign(x=votes["label"].astype(float)).groupby("task")["x"]
    ours = np.median(np.abs(fitted.labels_.astype(float) - gold))
    assert ours < 0.8 * np.median(np.abs(plain.median() - gold))
    assert ours < 0.5 * np.median(np.abs(plain.mean() - gold))
    assert fitted.noise_[:3].max() < fitted.noise_[3:].min()
    assert fitted.noise_[3:].is_monotonic_increasing
    assert fitted.skills_["w0"] > fitted.skills_["w5"]


@pytest.mark.parametrize(
    ("said", "consensus"),
    [
        (["10", "12"], "11"),
        (["1", "2", "1000"], "2"),
        (["1", "2"], "1.5"),
        (["-0", "0"], "0"),
        (["1e+22", "1e+22", "3"], "1e+22"),
    ],
)
def test_the_middle_is_written_short(said: list[str], consensus: str) -> None:
    votes = votes_of((1, f"w{i}", x) for i, x in enumerate(said))
    assert Numbers().fit_predict(votes).to_dict() == {1: consensus}


def transcripts(seed: int) -> tuple[pd.DataFrame, list[str]]:
    rng = np.random.default_rng(seed)
    truth = [canonical_json([" ".join(rng.permutation(TEXT.split()))]) for _ in range(40)]
    crowd = {f"w{i}": typist(0.08 + 0.05 * i) for i in range(5)}
    return crowd_of(truth, crowd, votes=4, seed=seed), truth


def nearness(consensus: "pd.Series[str]", truth: list[str]) -> float:
    pairs = zip(consensus, truth, strict=True)
    return float(np.mean([similarity(AnswerType.TEXT, one, other) for one, other in pairs]))


def test_a_medoid_is_better_than_a_text_and_votes_on_words_better_still() -> None:
    votes, truth = transcripts(0)
    alone = nearness(votes["label"], [truth[task] for task in votes["task"]])
    medoid = Texts().fit(votes)
    rover = Texts("rover").fit_predict(votes)
    assert nearness(medoid.labels_, truth) > alone + 0.02
    assert nearness(rover, truth) > nearness(medoid.labels_, truth) + 0.01
    assert medoid.skills_["w0"] > medoid.skills_["w4"]


def test_medoid_and_rasa_give_texts_that_somebody_wrote() -> None:
    votes, _ = transcripts(1)

    def embed(text: str) -> list[float]:
        return [float(text.count(letter)) + 1 for letter in "abcdefghilmnorstuvwy "]

    for texts in (Texts(), Texts("rasa", encoder=embed)):
        for task, text in texts.fit_predict(votes).items():
            assert text in set(votes[votes["task"] == task]["label"])


def test_more_who_agree_are_surer() -> None:
    same, other = '["a b c d"]', '["x y"]'
    rows = [(1, "x", same), (2, "x", same), (2, "y", same), (2, "z", same), (3, "x", same)]
    rows += [(3, "y", same), (3, "z", other)]
    confidence = Texts().fit(votes_of(rows)).confidence_
    assert confidence[2] > confidence[1] > confidence[3]


def test_answers_of_several_texts_have_a_medoid() -> None:
    rows = [(1, "x", '["a b","c"]'), (1, "y", '["a b","d"]'), (1, "z", '["a b","c d"]')]
    medoid = Texts().fit_predict(votes_of(rows))
    assert Texts("rover").fit_predict(votes_of(rows)).tolist() == medoid.tolist()
