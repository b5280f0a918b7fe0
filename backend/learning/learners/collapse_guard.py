"""The collapse guard: synthetic texts count as much as helps on people's answers, and no more.

A model that learns from what models wrote forgets the rare, then nearly everything (Shumailov et
al., "AI models collapse when trained on recursively generated data", Nature 2024); it does not
where real data stay beside them (Gerstgrasser et al., "Is Model Collapse Inevitable?", 2024). So:

- People's answers are always there, and all count in full. There is no way to learn without them.
- Synthetic texts have at most the share `CAP` of what counts, and each at most what an answer has.
- The share is the one that people's answers speak for, which were held out. All labels are written
  for alike, so that it is the rare ones that gain: what is judged is the mean loss of a label's
  answers, each label alike. A larger share takes the place of a smaller one only where it wins by
  more than the standard error, and where over all answers it is not worse than people's answers
  alone by more than chance explains; at a share of 0, synthetic texts are not used.
- A synthetic text is learned from only where people's answers agree with its label: those that it
  stands beside. Held-out answers have no say in that, else the texts that passed would tell them.
  Where people confirmed the label of the very text, that is enough.
- What is held out is a person's answer, never a synthetic text. A text that was made of a person's
  is used beside that person's answer alone, and so is held out with it: else a paraphrase would
  tell what its parent was labelled.
- What was learned is calibrated on held-out answers before it is compared. Paraphrases repeat each
  other, so that what learned from them is surer than it is right; that alone is no reason against.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from backend.calibration.calibrators.scaling import Temperature
from backend.calibration.noisy_labels import TINY, NoisyLabels, folds
from backend.learning.learners.base import Learned
from backend.learning.material import Material, Texts
from backend.learning.selection import choose, compare
from backend.synthesis.gates.label_agreement import speak_for_label
from backend.synthesis.synthetic_texts import SyntheticTexts
from labeling.answers.folding import folded
from labeling.mathtypes import Floats

CAP = 0.5
"""The largest share that synthetic texts may have of all that counts."""

SHARES = (0.1, 0.25, 0.5)
"""Shares that are tried beside 0, as far as the cap goes."""

CHANCE = 1.96
"""Standard errors within which a loss over all answers may be chance: 95% of the time."""

FitWeighted: TypeAlias = Callable[[Material, Floats], Learned]
"""Learns from answers, given how much each counts, above 0, shape (answers,)."""


@dataclass(frozen=True, slots=True)
class ShareChoice:
    """How much synthetic texts may count.

    Attributes:
        share: In all that counts, in [0, `CAP`]; 0: they are not used.
        calibrator: Makes what is learned at that share come true.
        losses: Mean loss of people's answers out of fold by share, in nats.
        label_losses: The same, as the mean over labels of the mean loss of their answers.
        why: Why this share, in one line.
    """

    share: float
    calibrator: Temperature
    losses: Mapping[float, float]
    label_losses: Mapping[float, float]
    why: str


@dataclass(frozen=True, slots=True)
class Guarded:
    """What was learned under guard.

    Attributes:
        learned: What was learned from all answers, and from synthetic texts at the chosen share.
        choice: The share, and what speaks for it.
        agreeing: The synthetic texts whose label people's answers agree with.
    """

    learned: Learned
    choice: ShareChoice
    agreeing: SyntheticTexts

    def __call__(self, texts: Texts) -> Floats:
        """Return probabilities that sum to 1, shape (texts, labels)."""
        return self.choice.calibrator(np.log(np.maximum(self.learned(texts), TINY)))


def choose_share(
    fit: FitWeighted, material: Material, synthetic: SyntheticTexts, *, cap: float = CAP
) -> ShareChoice:
    """Choose how much synthetic texts count, by people's answers.

    Args:
        fit: Learns.
        material: People's answers.
        synthetic: Texts that passed the gates, whatever people's answers make of their labels; none
            will do.
        cap: The largest share that they may have, in [0, 1).

    Returns:
        The share that people's answers speak for.
    """
    shares = [one for one in SHARES if one <= cap] if len(synthetic) else []
    beliefs = {
        share: material.answers.with_beliefs(probabilities)
        for share, probabilities in _out_of_fold(fit, material, synthetic, shares).items()
    }
    losses = {share: one.log_loss(_calibrated(one)) for share, one in beliefs.items()}
    weights = _label_weights(material.answers)
    of_labels = {share: loss * weights for share, loss in losses.items()}
    best, why = 0.0, "no share of synthetic texts beats people's answers alone"
    for share in shares:
        comparison = compare(of_labels[best], of_labels[share])
        overall = compare(losses[0.0], losses[share])
        is_harmless = overall.gain >= -CHANCE * overall.standard_error
        if comparison.is_better and is_harmless:
            best, why = share, f"a share of {share} beats {best}: {comparison}, labels alike"
    return ShareChoice(best, Temperature.fit(beliefs[best]), _means(losses), _means(of_labels), why)


def fit_guarded(
    fit: FitWeighted, material: Material, synthetic: SyntheticTexts, *, cap: float = CAP
) -> Guarded:
    """Learn from people's answers, and from synthetic texts as far as these help.

    Args:
        fit: See `choose_share`, as all below.
        material: People's answers.
        synthetic: The synthetic texts.
        cap: The cap.

    Returns:
        What was learned, at the share that people's answers speak for.
    """
    choice = choose_share(fit, material, synthetic, cap=cap)
    kept = agreeing(fit(material, np.ones(len(material))), material, synthetic)
    return Guarded(fit(*together(material, kept, choice.share)), choice, kept)


def agreeing(learned: Learned, material: Material, synthetic: SyntheticTexts) -> SyntheticTexts:
    """Return the synthetic texts that speak for their label.

    Args:
        learned: What was learned from people's answers alone.
        material: Those answers.
        synthetic: The synthetic texts.

    Returns:
        Those whose label it believes, see `backend.synthesis.gates.label_agreement`, and those
        whose label people confirmed.
    """
    if not len(synthetic):
        return synthetic
    believed = learned(_known(synthetic, material))
    agrees = speak_for_label(believed, synthetic.labels, material.answers.answers)
    if synthetic.confirmed is not None:
        agrees = agrees | synthetic.confirmed
    return synthetic.part(agrees)


def together(
    material: Material, synthetic: SyntheticTexts, share: float
) -> tuple[Material, Floats]:
    """Put synthetic texts beside people's answers.

    Args:
        material: People's answers.
        synthetic: The synthetic texts; those whose parent was not answered are left out.
        share: What they are to have of all that counts, in [0, 1).

    Returns:
        Both as one, people's answers first, and how much each counts, shape (answers,).
    """
    synthetic = _with_parents(synthetic, material)
    if not share or not len(synthetic):
        return material, np.ones(len(material))
    each = min(share / (1 - share) * len(material) / len(synthetic), 1.0)
    weights = np.repeat([1.0, each], [len(material), len(synthetic)])
    return _joined(material, synthetic), weights


def _label_weights(answers: NoisyLabels) -> Floats:
    """Return how much each answer counts so that all labels count alike, 1 in the mean.

    One more answer of each label is counted, so that a single one of the rarest does not decide.
    """
    counts = np.bincount(answers.answers, minlength=answers.labels) + 1
    each: Floats = 1 / counts[answers.answers]
    weights: Floats = each / each.mean()
    return weights


def _means(losses: Mapping[float, Floats]) -> dict[float, float]:
    return {share: float(loss.mean()) for share, loss in losses.items()}


def _out_of_fold(
    fit: FitWeighted, material: Material, synthetic: SyntheticTexts, shares: Sequence[float]
) -> Mapping[float, Floats]:
    """Return what is believed of people's texts without their answers, by share.

    Each part is left out of all that leads to what is said of it: of which texts agree, too.

    Returns:
        Of 0 and each share, shape (answers, labels).
    """
    found = {share: np.empty_like(material.answers.log_probabilities) for share in (0.0, *shares)}
    part = folds(len(material))
    for number in np.unique(part):
        held = part == number
        others, asked = material.part(~held), material.known.part(held)
        alone = fit(others, np.ones(len(others)))
        found[0.0][held] = alone(asked)
        kept = agreeing(alone, others, synthetic)
        for share in shares:
            found[share][held] = fit(*together(others, kept, share))(asked)
    return found


def _with_parents(synthetic: SyntheticTexts, material: Material) -> SyntheticTexts:
    """Return those synthetic texts that were made of nothing, or of texts that are learned from."""
    if not synthetic.parents:
        return synthetic
    known = {"", *map(folded, material.known.texts)}
    return synthetic.part(np.array([folded(one) in known for one in synthetic.parents]))


def _calibrated(beliefs: NoisyLabels) -> Floats:
    """Calibrate out-of-fold beliefs, each by the answers of the other folds."""
    return choose(beliefs, {Temperature.name: Temperature}).out_of_fold


def _joined(material: Material, synthetic: SyntheticTexts) -> Material:
    """Put synthetic texts behind people's.

    Their labels are taken as right: what is doubtful about them is in how much they count.
    """
    known, answers, added = material.known, material.answers, _known(synthetic, material)
    log_probabilities = np.vstack([known.log_probabilities, added.log_probabilities])
    embeddings = None
    if known.embeddings is not None and added.embeddings is not None:
        embeddings = np.vstack([known.embeddings, added.embeddings])
    shares = answers.shares
    if shares is not None:
        shares = np.vstack([shares, np.eye(answers.labels)[synthetic.labels]])
    return Material(
        material.values,
        Texts((*known.texts, *synthetic.texts), log_probabilities, embeddings),
        NoisyLabels(
            log_probabilities,
            np.concatenate([answers.answers, synthetic.labels]),
            np.concatenate([answers.reliability, np.ones(len(synthetic))]),
            shares,
        ),
        material.open_,
    )


def _known(synthetic: SyntheticTexts, material: Material) -> Texts:
    """Return synthetic texts as learners read them: nothing is known of their labels."""
    labels = material.answers.labels
    unasked = np.full((len(synthetic), labels), -np.log(labels))
    return Texts(synthetic.texts, unasked, synthetic.embeddings)
