"""A check of a project's labels: each suspected one in words, with its reason in one line."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from aggregation.forms.form import answers_by_control
from aggregation.label_errors.estimate import ErrorEstimate, estimate_errors
from aggregation.label_errors.near_texts import far_from_all, nearest_otherwise
from aggregation.label_errors.records import NO_ERRORS, OF_MODEL, ErrorKind, Suspicion
from aggregation.label_errors.suspicions import standing_labels, suspicions, unsure, with_near
from aggregation.label_errors.text_vectors import text_vectors
from aggregation.quality.grounding import is_answer_grounded
from labeling.errors import SettingsError, TaskError
from labeling.form.form import Form
from labeling.protocol.judge import JudgedLabel
from routing.facts.project import ProjectFacts
from tandem.pages.formats import percent
from tandem.report.wording import answer_in_words, item_in_words, part_in_words

EXPLAINED = 100
"""The most suspect labels beside which the nearest texts that say otherwise are looked for."""

NOT_IN_TEXT = "says what does not stand in the text"
"""What is said of a label that writes or marks it."""


@dataclass(frozen=True, slots=True)
class NearExample:
    """A near text that says otherwise, in words."""

    task: int
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspected label, in words.

    Attributes:
        task: Its task.
        kind: In what way it is suspected; see `ErrorKind`.
        probability: Probability that it is wrong, in [0, 1].
        label: What stands.
        other: What is more probable in its place; empty: nothing is known to be.
        reason: What speaks against it, in one line.
        text: What the task shows.
        given_by: Who gave what stands.
        near: The nearest texts that say otherwise.
        model_reason: What the model says for or against it, in its own words; empty: it was not
            asked, or said nothing.
        p_true: The probability that the model gives to the label being right where it is asked
            just that, in [0, 1]; None: it was not asked, or cannot say.
    """

    task: int
    kind: str
    probability: float
    label: str
    other: str
    reason: str
    text: str
    given_by: tuple[str, ...]
    near: tuple[NearExample, ...]
    model_reason: str = ""
    p_true: float | None = None


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        suspicions: Every label of which anything is known, the most suspect first.
        standing: The form's answer that stands, by task.
        errors: How many are wrong, as far as the suspicions tell; those that people differ about
            left out.
        ambiguous: Labels of items that able people differ about.
        opinions: Labels of controls without a single truth that some people would give.
        grounded: Whether all that a label writes or marks stands in its text, by task; of labels
            that do either.
        facts: What it was made of.
        model: The name of the model that was asked about the most suspect; empty: none was.
        judged: What it said, by task. It moves no probability.
    """

    suspicions: Sequence[Suspicion]
    standing: Mapping[int, str]
    errors: ErrorEstimate
    ambiguous: int
    opinions: int
    grounded: Mapping[int, bool]
    facts: ProjectFacts
    model: str = ""
    judged: Mapping[int, JudgedLabel] = field(default_factory=dict)

    @property
    def ungrounded(self) -> list[int]:
        """The tasks whose labels say what does not stand in their text."""
        return [task for task, found in self.grounded.items() if not found]

    def findings(self, first: int | None = None) -> list[Finding]:
        """Return the most suspect labels in words: so many, or all."""
        explain = partial(_finding, self)
        return [explain(one) for one in self.suspicions[:first]]


def check(facts: ProjectFacts) -> CheckResult:
    """Check the labels of a project.

    Args:
        facts: What is known of it, with the model's beliefs out of fold.

    Returns:
        What was found.

    Raises:
        SettingsError: No label stands.
    """
    consensus = facts.consensus
    standing = standing_labels(consensus)
    if not standing:
        raise SettingsError(
            "There is nothing to check: no task has a label yet",
            hint="Import tasks into Label Studio and label some, or let people label what"
            " `tandem sync` asks them.",
        )
    texts = {task: text for task in standing if (text := facts.state.texts.get(task))}
    shown = [item_in_words(facts.equivalence, text) for text in texts.values()]
    tasks, vectors = list(texts), text_vectors(shown)
    candidates = unsure(consensus)
    far = far_from_all(tasks, vectors, candidates) if candidates else frozenset()
    found = suspicions(consensus, standing, far)
    explained = {one.task for one in found[:EXPLAINED]}
    near = nearest_otherwise(tasks, vectors, standing, explained)
    wrong = [one for one in found if one.kind not in NO_ERRORS]
    kinds = Counter(one.kind for one in found)
    return CheckResult(
        suspicions=[with_near(one, near) for one in found],
        standing=standing,
        errors=estimate_errors(_counted(wrong), [], [], seed=facts.settings.policy.seed),
        ambiguous=kinds[ErrorKind.AMBIGUOUS],
        opinions=kinds[ErrorKind.NO_SINGLE_TRUTH],
        grounded={
            task: stands
            for task, text in texts.items()
            if (stands := _is_grounded(facts.equivalence.form, standing[task], text)) is not None
        },
        facts=facts,
    )


def _is_grounded(form: Form, answer: str, item: str) -> bool | None:
    try:
        return is_answer_grounded(form, answers_by_control(form, answer), form.shown(item))
    except TaskError:
        return None


def reason_of(one: Suspicion, words: Callable[[str], str]) -> str:
    """Say in one line what speaks against a label.

    Args:
        one: The suspicion.
        words: Writes an answer of the suspected control in words.

    Returns:
        The line, without a full stop.
    """
    voted = one.votes_for + one.votes_against
    who = ", ".join(one.given_by)
    told = [f"{one.votes_for} of {voted} people say so ({who})" if who and voted else ""]
    if one.given_by == (OF_MODEL,):
        told = ["the model alone said so"]
    match one.kind:
        case ErrorKind.AMBIGUOUS:
            told.append(f"people differ: no label is simply right, {percent(one.ambiguity)}")
        case ErrorKind.NO_LABEL_FITS:
            told.append("the text is unlike all others, and the model finds no label likely")
        case ErrorKind.MISSING_LABEL | ErrorKind.MISSING_SPAN:
            told.append(f"{words(one.part)} is missing, {percent(one.other_probability)}")
        case ErrorKind.SURPLUS_LABEL | ErrorKind.SURPLUS_SPAN:
            told.append(f"{words(one.part)} is one too many, {percent(one.probability)}")
    if one.share is not None:
        told.append(f"{percent(one.share)} of people would say so, as far as votes and model tell")
        if one.other:
            told.append(f"{percent(one.other_probability)} would say {words(one.other)}")
    elif one.other and one.kind not in (ErrorKind.MISSING_LABEL, ErrorKind.MISSING_SPAN):
        told.append(f"{words(one.other)} is {percent(one.other_probability)} probable")
    return "; ".join(line for line in told if line)


def _counted(found: Sequence[Suspicion]) -> dict[float, int]:
    counted: dict[float, int] = {}
    for one in found:
        probability = round(one.probability, 4)
        counted[probability] = counted.get(probability, 0) + 1
    return counted


def _finding(result: CheckResult, one: Suspicion) -> Finding:
    texts, equivalence = result.facts.state.texts, result.facts.equivalence
    judged = result.judged.get(one.task, {})
    invented = "" if result.grounded.get(one.task, True) else NOT_IN_TEXT

    def words(part: str) -> str:
        return part_in_words(equivalence, one.control, part, texts.get(one.task))

    return Finding(
        task=one.task,
        kind=one.kind.value,
        probability=one.probability,
        label=answer_in_words(equivalence, result.standing[one.task], texts.get(one.task)),
        other=words(one.other) if one.other else "",
        reason="; ".join(filter(None, (reason_of(one, words), invented))),
        text=item_in_words(equivalence, texts.get(one.task)),
        given_by=one.given_by,
        near=tuple(
            NearExample(
                near.task,
                item_in_words(equivalence, texts.get(near.task)),
                answer_in_words(equivalence, near.label, texts.get(near.task)),
            )
            for near in one.near
        ),
        model_reason=judged.get("reason", ""),
        p_true=judged.get("p_true"),
    )
