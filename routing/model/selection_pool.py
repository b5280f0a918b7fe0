"""A project's tasks as a strategy of active learning sees them: beliefs of all that counts."""

from collections.abc import Mapping, Sequence

import numpy as np

from aggregation.beliefs import PartBelief
from labeling.controls import Control
from labeling.form.equivalence import Equivalence
from labeling.form.form import Form
from routing.facts.project import ProjectFacts
from routing.ledger.records import LedgerPrediction
from routing.model.client import Vector
from routing.selection.belief_matrix import ControlBeliefs, belief_matrix
from routing.selection.pool import Pool


def selection_pool(
    facts: ProjectFacts, tasks: Sequence[int], vectors: Mapping[int, Vector] | None
) -> Pool:
    """Return the pool of tasks.

    Args:
        facts: What is known.
        tasks: Tasks with a prediction.
        vectors: The embedding of each; None: there are none.

    Returns:
        The pool, in the order of the tasks.
    """
    present = [facts.predictions.latest[task] for task in tasks]
    probabilities, columns = belief_matrix(
        [
            ControlBeliefs(
                control.answer_type,
                [_part(one, control, facts.equivalence.form) for one in present],
            )
            for control in counted_controls(facts.equivalence)
        ]
    )
    return Pool(
        probabilities,
        np.array([task in facts.settled for task in tasks], dtype=np.bool_),
        np.array([vectors[task] for task in tasks]) if vectors else None,
        controls=columns,
    )


def counted_controls(equivalence: Equivalence) -> Sequence[Control]:
    """Return the controls that a task is wrong by; all, where none is."""
    controls = equivalence.form.controls
    return [one for one in controls if equivalence.counts(one)] or controls


def _part(one: LedgerPrediction, control: Control, form: Form) -> PartBelief | None:
    """Return what is believed of a control's answer; None: it does not show.

    An answer without any region leaves nothing in Label Studio but how probable it is.
    """
    if form.only is None and one.parts:
        return one.parts.get(control.from_name)
    known = one.parts.get(control.from_name)
    return known or PartBelief(
        (one.confidence or 0.0) ** (1 / len(form.controls)), one.distribution
    )
