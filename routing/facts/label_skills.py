"""Skill a label of a project's people, by their answers and by the control tasks that they had.

Assignment and report read the same skills; the fusion learns its own within the consensus, by the
same model of workers, where that is chosen (`aggregation.classification.model_choice`).
"""

import pandas as pd

from aggregation.consensus import VOTED_ON, ProjectConsensus
from aggregation.quality.label_skills import LabelSkills, label_skills
from aggregation.votes import frame
from labeling.form.equivalence import Equivalence


def has_label_skills(equivalence: Equivalence) -> bool:
    """Return whether one label out of several is asked for, of which one is right."""
    only = equivalence.form.only
    is_choice = only is not None and only.answer_type in VOTED_ON
    return is_choice and not equivalence.asks_for_opinion


def project_label_skills(consensus: ProjectConsensus) -> LabelSkills:
    """Return people's skills by label.

    Args:
        consensus: What people's answers and the model's beliefs come to, of one choice. Of a
            control task with several accepted labels, each counts as one that may be the true one.
    """
    answers = [one for of_task in consensus.people.values() for one in of_task]
    known = consensus.controls.known
    posteriors = pd.DataFrame.from_dict(
        {
            **consensus.posteriors,
            **{
                control: dict.fromkeys(accepted, 1 / len(accepted))
                for control, accepted in known.items()
            },
        },
        orient="index",
    ).fillna(0.0)
    return label_skills(frame([*answers, *consensus.controls.answers]), posteriors, known)
