"""What people said of a sample of synthetic texts, who were not told what each was written for.

The sample is drawn at random from what passed the gates, so that the share of texts whose label
people confirm holds for all of these, within an interval. What people refused is not learned from.
Texts that were to be hard to tell are another matter: people are asked about them first, and they
are used only once they are confirmed. What people say of a model's texts is nobody's answer to a
task of the dataset.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from scipy.stats import binomtest

from backend.synthesis.folder import GATES, PASSED, REVIEW, alone, replace_file
from backend.synthesis.gates import GateReport
from backend.synthesis.generation.recipe import WrittenText
from backend.synthesis.generation.text_file import read_texts, unusable
from labeling.errors import SettingsError
from labeling.hashing import digest_of
from labeling.json_values import count, record, table, texts

NAME = "people's review"
"""How the review is called among the gates."""


@dataclass(frozen=True, slots=True)
class Review:
    """A sample, and what people said of it.

    Attributes:
        project: Label Studio's id of the project that the texts are for.
        number: Texts that people are to say something of.
        seed: Of the drawing.
        said: The labels that people gave a text, one a person, as Label Studio stores them, by the
            text's id; none of what nobody has answered.
    """

    project: int
    number: int
    seed: int
    said: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def confirms(self, text: WrittenText) -> bool | None:
        """Return whether more than half of those who answered gave a text its label.

        None: nobody answered.
        """
        said = self.said.get(text.id, ())
        return said.count(text.recipe.label) * 2 > len(said) if said else None

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types."""
        said = {name: list(labels) for name, labels in self.said.items()}
        return {"project": self.project, "number": self.number, "seed": self.seed, "said": said}

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Read what `to_json` wrote.

        Raises:
            ValueError: It did not.
        """
        found = record(content, "project", "number", "seed", "said")
        said = {name: texts(labels) for name, labels in table(found["said"]).items()}
        return cls(count(found["project"]), count(found["number"]), count(found["seed"]), said)


def read_review(folder: Path) -> Review | None:
    """Return what people said of a folder's texts; None: they were not asked.

    Raises:
        SettingsError: It cannot be read.
    """
    file = folder / REVIEW
    try:
        return Review.from_json(json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise unusable(file, error) from error
    except ValueError as error:
        raise SettingsError(
            "The file is no review of this version",
            where=str(file),
            hint="Remove it, and ask again with `tandem generate --review`.",
        ) from error


def write_review(folder: Path, review: Review) -> GateReport:
    """Keep what people said, and write it down among what the gates did.

    Args:
        folder: Where the texts are.
        review: What people said.

    Returns:
        What it comes to.

    Raises:
        Busy: Another process writes into the folder.
        SettingsError: The folder's files cannot be read.
    """
    with alone(folder):
        told = report(read_texts(folder / PASSED), review)
        replace_file(folder / REVIEW, json.dumps(review.to_json(), ensure_ascii=False, indent=1))
        file = folder / GATES
        others = [one for one in json.loads(file.read_text("utf-8")) if one["name"] != NAME]
        replace_file(file, json.dumps([*others, told.to_json()], indent=1))
    return told


def usable_texts(folder: Path) -> list[WrittenText]:
    """Return the texts that may be learned from: what passed the gates, less what people refused.

    Of texts that were to be hard to tell, only those are among them that people confirmed.

    Raises:
        SettingsError: They cannot be read.
    """
    review = read_review(folder)
    verdicts = (
        (one, review.confirms(one) if review else None) for one in read_texts(folder / PASSED)
    )
    return [one for one, found in verdicts if found or (found is None and not one.recipe.rival)]


def asked_about(passed: Sequence[WrittenText], number: int, seed: int) -> list[WrittenText]:
    """Return the texts that people are asked about: those that were to be hard to tell come first.

    Args:
        passed: What passed the gates.
        number: How many.
        seed: Of the drawing of the others.

    Returns:
        The texts.
    """
    hard = [one for one in passed if one.recipe.rival]
    return [*hard, *drawn(passed, number, seed)][:number]


def drawn(passed: Sequence[WrittenText], number: int, seed: int) -> list[WrittenText]:
    """Draw texts at random: always the same ones, and with a larger number these and further ones.

    Args:
        passed: What passed the gates; those that were to be hard to tell are left out.
        number: How many.
        seed: Of the drawing.

    Returns:
        The texts; all, where there are no more than that.
    """
    plain = [one for one in passed if not one.recipe.rival]
    return sorted(plain, key=lambda one: digest_of(str(seed), one.id))[:number]


def report(passed: Sequence[WrittenText], review: Review) -> GateReport:
    """Say how people's review went, in the form of a gate's report.

    Args:
        passed: What passed the gates.
        review: What people said.

    Returns:
        Texts that people answered and that they refused; and of those that were drawn, the share
        that they confirmed, with Clopper and Pearson's interval of 95%.
    """
    confirmed = [
        found
        for one in drawn(passed, review.number, review.seed)
        if (found := review.confirms(one)) is not None
    ]
    answered = [found for one in passed if (found := review.confirms(one)) is not None]
    nothing = float("nan")
    share, least, most = nothing, nothing, nothing
    if confirmed:
        test = binomtest(sum(confirmed), len(confirmed))
        interval = test.proportion_ci(0.95)
        share, least, most = test.statistic, interval.low, interval.high
    figures = {"confirmed": float(share), "at least": float(least), "at most": float(most)}
    hard = [
        found for one in passed if one.recipe.rival and (found := review.confirms(one)) is not None
    ]
    if hard:
        figures["confirmed of those that were to be hard to tell"] = hard.count(True) / len(hard)
    return GateReport(NAME, len(answered), answered.count(False), figures)
