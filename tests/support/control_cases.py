"""A case of every control on every object that it can be about, drawn at random.

A control is added to the contract tests by a strategy of its own, and its name below.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from typing import Any
from xml.sax.saxutils import quoteattr

from hypothesis import strategies as st

from labeling.answers.types import (
    AnswerType,
    canonical_json,
    canonical_regions,
    regions_of,
    spans_of,
)
from labeling.controls import Control, OfRegions, Region
from labeling.form.form import Form, parse
from tests.support.shown_tasks import OBJECTS, TEXT, VALUES, config_on
from tests.support.shown_tasks import places as drawn_spans

Tree = dict[str, "Tree"]

# What XML can carry, line breaks and spaces at the ends included, but no variables.
LABEL = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff$")
    | st.sampled_from("\n\t &<>\"'👩🏽‍🚒e\u0301\u05e9\u05dc"),
    min_size=1,
    max_size=12,
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.just({}), lambda below: st.dictionaries(LABEL, below, max_size=3), max_leaves=8
).filter(bool)


@dataclass(frozen=True)
class Case:
    """A label config with a control `c`, one of its answers, and the item that it is about."""

    config: str
    answer: str
    item: str

    @cached_property
    def form(self) -> Form:
        return form_of(self.config)

    @property
    def control(self) -> Control:
        [control] = [one for one in self.form.controls if one.from_name == "c"]
        return control

    @cached_property
    def regions(self) -> list[Region]:
        return self.stored(self.answer)

    @cached_property
    def beside(self) -> list[Region]:
        """The regions that it is asked of, which another control marks; most ask of none."""
        return self.marked(self.answer)

    def stored(self, answer: str) -> list[Region]:
        """The regions that Label Studio keeps of an answer."""
        return self._kept(self.control, answer)

    def marked(self, answer: str) -> list[Region]:
        """The regions that it keeps of the spans that an answer speaks of."""
        if not isinstance(self.control, OfRegions):
            return []
        return self._kept(self.control.marks, canonical_json(sorted(regions_of(answer))))

    def region(self, value: object) -> Region:
        """A region of the control that holds some value, where one is asked for."""
        place = {"id": self.beside[0]["id"]} if self.beside else {}
        named = {"from_name": "c", "to_name": "text", "type": self.control.tag.lower()}
        return {**named, "value": value, **place}

    def changed(self, change: Callable[[str], str]) -> str:
        """The answer with all changed that is said at a time."""
        if self.control.answer_type is not AnswerType.REGIONS:
            return change(self.answer)
        said = regions_of(self.answer).items()
        return canonical_regions({span: change(answer) for span, answer in said})

    def read(self, regions: list[Any]) -> str | None:
        """The control's answer that regions give."""
        answer = self.form.decode(regions, self.item)
        return None if answer is None else self.form.answers(answer).get("c")

    def _kept(self, control: Control, answer: str) -> list[Region]:
        own = control.encode(answer, self.form.shown(self.item)["text"])
        regions: list[Region] = json.loads(json.dumps(self.form.to_stored_offsets(own, self.item)))
        return regions


form_of = lru_cache(parse)
"""Reading a config takes longer than all that is done with it."""


def labels(*, at_least: int) -> st.SearchStrategy[list[str]]:
    return st.lists(LABEL, min_size=at_least, max_size=6, unique=True)


def elements(tag: str, values: list[str]) -> str:
    return "".join(f"<{tag} value={quoteattr(value)}/>" for value in values)


def branches(tree: Tree) -> str:
    return "".join(
        f"<Choice value={quoteattr(value)}>{branches(below)}</Choice>"
        for value, below in tree.items()
    )


def places(tree: Tree, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for value, below in tree.items():
        found += [(*above, value), *places(below, (*above, value))]
    return found


@st.composite
def single_choices(draw: st.DrawFn, on: str) -> Case:
    values = draw(labels(at_least=2))
    inside = elements("Choice", values)
    config = config_on(on, f'<Choices name="c" toName="text">{inside}</Choices>')
    return Case(config, draw(st.sampled_from(values)), draw(items(config, on)))


@st.composite
def multiple_choices(draw: st.DrawFn, on: str) -> Case:
    values = draw(labels(at_least=1))
    picked = draw(st.sets(st.sampled_from(values)))
    inside = elements("Choice", values)
    config = config_on(on, f'<Choices name="c" toName="text" choice="multiple">{inside}</Choices>')
    answer = canonical_json([value for value in values if value in picked])
    return Case(config, answer, draw(items(config, on)))


@st.composite
def taxonomies(draw: st.DrawFn, on: str) -> Case:
    tree = draw(TREES)
    picked = draw(st.sets(st.sampled_from(places(tree))))
    config = config_on(on, f'<Taxonomy name="c" toName="text">{branches(tree)}</Taxonomy>')
    answer = canonical_json([path for path in places(tree) if path in picked])
    return Case(config, answer, draw(items(config, on)))


@st.composite
def ratings(draw: st.DrawFn, on: str) -> Case:
    most = draw(st.integers(2, 20))
    config = config_on(on, f'<Rating name="c" toName="text" maxRating="{most}"/>')
    return Case(config, str(draw(st.integers(1, most))), draw(items(config, on)))


@st.composite
def pairs(draw: st.DrawFn, on: str) -> Case:
    other = f'<{on} name="other" value="$other"/>'
    config = config_on(on, f'{other}<Pairwise name="c" toName="text,other"/>')
    return Case(config, draw(st.sampled_from(["left", "right"])), draw(items(config, on)))


@st.composite
def numbers(draw: st.DrawFn, on: str) -> Case:
    broken = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
    answer = draw(st.integers(-(10**15), 10**15).map(str) | broken.map(repr))
    config = config_on(on, '<Number name="c" toName="text"/>')
    return Case(config, answer, draw(items(config, on)))


@st.composite
def textareas(draw: st.DrawFn, on: str) -> Case:
    texts = draw(st.lists(TEXT.filter(lambda text: bool(text.strip())), min_size=1, max_size=4))
    config = config_on(on, '<TextArea name="c" toName="text"/>')
    return Case(config, canonical_json(texts), draw(items(config, on)))


@st.composite
def labelled(draw: st.DrawFn, tag: str, on: str, least: int = 0) -> Case:
    values = draw(labels(at_least=1))
    config = config_on(on, f'<{tag} name="c" toName="text">{elements("Label", values)}</{tag}>')
    item = draw(items(config, on))
    marks = st.tuples(drawn_spans(form_of(config), item), st.sampled_from(values))
    spans = draw(st.sets(marks, min_size=least, max_size=5))
    return Case(config, canonical_json(sorted([*place, label] for place, label in spans)), item)


@st.composite
def of_regions(
    draw: st.DrawFn, cases: Callable[[str], st.SearchStrategy[Case]], tag: str, on: str
) -> Case:
    inner, marked = draw(cases("Text")), draw(labelled(tag, on, least=1))
    answer = canonical_regions(dict.fromkeys(spans_of(marked.answer), inner.answer))
    per_region = inner.config.replace(' name="c"', ' name="c" perRegion="true"')
    per_region = per_region.replace("<Text ", f"<{on} ")
    marks = marked.config.replace(' name="c"', ' name="m"')
    [labels] = re.findall(f"<{tag} .*</{tag}>", marks, re.DOTALL)
    return Case(per_region.replace("</View>", f"{labels}</View>"), answer, marked.item)


@st.composite
def items(draw: st.DrawFn, config: str, on: str) -> str:
    return form_of(config).text_of({"text": draw(VALUES[on]), "other": draw(VALUES[on])})


Cases = Callable[[], st.SearchStrategy[Case]]

ON_ANY: dict[str, Callable[[str], st.SearchStrategy[Case]]] = {
    "Choices, single": single_choices,
    "Choices, multiple": multiple_choices,
    "Taxonomy": taxonomies,
    "Rating": ratings,
    "Pairwise": pairs,
    "Number": numbers,
    "TextArea": textareas,
}
LABELLED = (
    ("Labels", "Text"),
    ("Labels", "HyperText"),
    ("HyperTextLabels", "HyperText"),
    ("ParagraphLabels", "Paragraphs"),
)
CASES: Mapping[str, Cases] = (
    {f"{name}, on {on}": partial(cases, on) for name, cases in ON_ANY.items() for on in OBJECTS}
    | {f"{tag}, on {on}": partial(labelled, tag, on) for tag, on in LABELLED}
    | {
        f"{name}, of regions on {on}": partial(of_regions, cases, tag, on)
        for name, cases in ON_ANY.items()
        for tag, on in LABELLED
        if name != "Pairwise" and (tag, on) != ("Labels", "HyperText")
    }
)
