"""The gates that synthetic texts pass before they may be learned from, and how they are passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backend.classifiers.base import TextClassifier
from backend.synthesis.gates.base import Gate, RealTexts, Verdict
from backend.synthesis.gates.discriminability import Discriminability
from backend.synthesis.gates.diversity import Diversity
from backend.synthesis.gates.doubt import Doubt
from backend.synthesis.gates.duplicates import Duplicates
from backend.synthesis.gates.held_out_overlap import HeldOutOverlap
from backend.synthesis.gates.label_agreement import LabelAgreement
from backend.synthesis.gates.language import Language
from backend.synthesis.gates.length import Length
from backend.synthesis.gates.personal_data import PersonalData
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.mathtypes import Bools

__all__ = [
    "Gate",
    "GateReport",
    "Passed",
    "RealTexts",
    "Verdict",
    "all_gates",
    "pass_gates",
]


def all_gates(classifier: TextClassifier | None, usual_margin: float = 1.0) -> list[Gate]:
    """Return every gate, in the order in which texts pass them: the cheapest first.

    Args:
        classifier: Learned from people's answers; None: there are too few of them, and no label is
            measured.
        usual_margin: Of people's texts, by which the classifier tells the top label from the next.
    """
    measured: list[Gate] = []
    if classifier:
        measured = [Doubt(classifier, usual_margin), LabelAgreement(classifier)]
    by_text: list[Gate] = [Length(), Language(), PersonalData(), HeldOutOverlap(), Duplicates()]
    return [*by_text, Diversity(), *measured, Discriminability()]


@dataclass(frozen=True, slots=True)
class GateReport:
    """What one gate did.

    Attributes:
        name: The gate's name.
        seen: Texts that came to it.
        refused: Those that it did not let pass.
        figures: What it measured; see `Verdict.figures`.
    """

    name: str
    seen: int
    refused: int
    figures: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Write it as JSON's types; what could not be measured is null."""
        figures = {
            name: None if np.isnan(value) else round(value, 4)
            for name, value in self.figures.items()
        }
        return {"name": self.name, "seen": self.seen, "refused": self.refused, "figures": figures}


@dataclass(frozen=True, slots=True)
class Passed:
    """Which texts passed every gate.

    Attributes:
        passes: Shape (texts,).
        refused_by: The name of the gate that refused each text; empty: none did.
        reports: What each gate did, in order; none of one that no text came to.
    """

    passes: Bools
    refused_by: tuple[str, ...]
    reports: tuple[GateReport, ...]


def pass_gates(gates: Sequence[Gate], synthetic: SyntheticTexts, real: RealTexts) -> Passed:
    """Have texts pass one gate after the other.

    Args:
        gates: The gates; each sees what those before it let pass.
        synthetic: The synthetic texts.
        real: What they are held against.

    Returns:
        Which passed, and what each gate did.
    """
    passes = np.ones(len(synthetic), dtype=np.bool_)
    refused_by = [""] * len(synthetic)
    reports = []
    for gate in gates:
        places = np.flatnonzero(passes)
        if not len(places):
            break
        verdict = gate.judge(synthetic.part(passes), real)
        refused = places[~verdict.passes]
        passes[refused] = False
        for place in refused:
            refused_by[place] = gate.name
        reports.append(GateReport(gate.name, len(places), len(refused), dict(verdict.figures)))
    return Passed(passes, tuple(refused_by), tuple(reports))
