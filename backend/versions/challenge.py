"""Champion and challenger: a new version takes the place of one that it beats, answer by answer.

Both are judged on the same answers, which neither saw: the challenger by its held-out beliefs, the
champion by its own where it learned from the text, and by its prediction where it did not. The
challenger wins where the mean of the paired differences of their losses is above 0 by more than its
interval of 95%; so one that is no better wins in one case of forty.

Where people took back more than a few of the answers that the champion was fitted on, deleted or
changed, it is the champion that must be better by as much: what it was fitted to is not so. So it
is where synthetic texts were removed that it learned from.
"""

from collections.abc import Sequence

from backend.learning.samples import AnsweredItem
from backend.versions.beliefs import Beliefs
from backend.versions.judging import judge, mean_of
from labeling.form.equivalence import Equivalence
from labeling.protocol.models import Comparison


def compare(
    equivalence: Equivalence,
    answers: Sequence[AnsweredItem],
    champion: str,
    beliefs: Beliefs,
    of_challenger: Beliefs,
    *,
    taken_back: int = 0,
    removed_texts: int = 0,
) -> Comparison:
    """Hold a challenger against the champion.

    Args:
        equivalence: The form, and which of its answers say the same.
        answers: People's answers, all that the challenger learned from.
        champion: The champion's version.
        beliefs: What it believes of the answered texts, without knowing the answers.
        of_challenger: What the challenger does.
        taken_back: Answers that the champion was fitted on and that people took back since, where
            they are more than a few.
        removed_texts: Synthetic texts that it learned from and that were removed since, where they
            are more than a few.

    Returns:
        By how much the challenger is better, on the answers of which both believe something.
    """
    pairs = [
        (one, held, challenging)
        for one in answers
        if (held := beliefs.get(one.item.key)) and (challenging := of_challenger.get(one.item.key))
    ]
    if not pairs:
        return Comparison(
            against=champion,
            gain=0.0,
            low=None,
            high=None,
            answers=0,
            taken_back=taken_back,
            removed_texts=removed_texts,
        )
    judged, *both = zip(*pairs, strict=True)
    before, after = (judge(equivalence, judged, one).loss for one in both)
    gain = mean_of(before - after)
    return Comparison(
        against=champion,
        gain=gain.value,
        low=gain.low,
        high=gain.high,
        answers=len(pairs),
        taken_back=taken_back,
        removed_texts=removed_texts,
    )
