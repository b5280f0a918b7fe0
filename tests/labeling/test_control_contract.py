"""What every control keeps to: its answers survive Label Studio, and nothing else gets through."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface

from labeling.answers import Kind, regions_of, spans_of, written, written_regions
from labeling.controls import CONTROLS, Control, OfRegions, Region
from labeling.errors import AnswerError
from labeling.form import parse
from tests.labeling.configs import on_text

T = TypeVar("T")
Tree = dict[str, "Tree"]

# What XML can carry, line breaks and spaces at the ends included.
LABEL = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t &<>\"'👩🏽‍🚒e\u0301\u05e9\u05dc"),
    min_size=1,
    max_size=12,
)
TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\r\n👩🏽‍🚒e\u0301\u05e9\u05dc&<"),
    min_size=1,
    max_size=40,
)
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.just({}), lambda below: st.dictionaries(LABEL, below, max_size=3), max_leaves=8
).filter(bool)
LONG_TEXT = "x" * 100


@dataclass(frozen=True)
class Case:
    """A label config with a control `c`, one of its answers, and the text that it is about."""

    config: str
    answer: str
    text: str = "some text"

    @cached_property
    def control(self) -> Control:
        return control_in(self.config)

    @cached_property
    def regions(self) -> list[Region]:
        regions = self.control.encode(self.answer, self.text)
        stored: list[Region] = json.loads(json.dumps(regions))
        return stored

    @cached_property
    def beside(self) -> list[Region]:
        """The regions that it is asked of, which another control marks; most ask of none."""
        return beside(self.control, self.answer)

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to answer."""
        return self.control.kind is not Kind.REGIONS or bool(self.beside)

    def region(self, value: object) -> Region:
        """A region of the control that holds some value, where one is asked for."""
        place = {"id": self.beside[0]["id"]} if self.beside else {}
        named = {"from_name": "c", "to_name": "text", "type": self.control.tag.lower()}
        return {**named, "value": value, **place}

    def changed(self, change: Callable[[str], str]) -> str:
        """The answer with all changed that is said at a time."""
        if self.control.kind is not Kind.REGIONS:
            return change(self.answer)
        said = regions_of(self.answer).items()
        return written_regions({span: change(answer) for span, answer in said})


def control_in(config: str) -> Control:
    [control] = [one for one in parse(config).controls if one.from_name == "c"]
    return control


def beside(control: Control, answer: str) -> list[Region]:
    """Mark the stretches that an answer speaks of."""
    if not isinstance(control, OfRegions):
        return []
    return control.marks.encode(written(sorted(regions_of(answer))), LONG_TEXT)


def attempt(to_do: Callable[[], T]) -> T | AnswerError:
    """Give what comes of it, or the one error that may."""
    try:
        return to_do()
    except AnswerError as error:
        return error


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
def single_choices(draw: st.DrawFn) -> Case:
    values = draw(labels(at_least=2))
    inside = elements("Choice", values)
    config = on_text(f'<Choices name="c" toName="text">{inside}</Choices>')
    return Case(config, draw(st.sampled_from(values)))


@st.composite
def multiple_choices(draw: st.DrawFn) -> Case:
    values = draw(labels(at_least=1))
    picked = draw(st.sets(st.sampled_from(values)))
    inside = elements("Choice", values)
    config = on_text(f'<Choices name="c" toName="text" choice="multiple">{inside}</Choices>')
    return Case(config, written([value for value in values if value in picked]))


@st.composite
def taxonomies(draw: st.DrawFn) -> Case:
    tree = draw(TREES)
    picked = draw(st.sets(st.sampled_from(places(tree))))
    config = on_text(f'<Taxonomy name="c" toName="text">{branches(tree)}</Taxonomy>')
    return Case(config, written([path for path in places(tree) if path in picked]))


@st.composite
def ratings(draw: st.DrawFn) -> Case:
    most = draw(st.integers(2, 20))
    config = on_text(f'<Rating name="c" toName="text" maxRating="{most}"/>')
    return Case(config, str(draw(st.integers(1, most))))


@st.composite
def pairs(draw: st.DrawFn) -> Case:
    other = '<Text name="other" value="$other"/>'
    config = on_text(f'{other}<Pairwise name="c" toName="text,other"/>')
    return Case(config, draw(st.sampled_from(["left", "right"])))


@st.composite
def numbers(draw: st.DrawFn) -> Case:
    broken = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not x.is_integer())
    answer = draw(st.integers(-(10**15), 10**15).map(str) | broken.map(repr))
    return Case(on_text('<Number name="c" toName="text"/>'), answer)


@st.composite
def textareas(draw: st.DrawFn) -> Case:
    texts = draw(st.lists(TEXT.filter(lambda text: bool(text.strip())), min_size=1, max_size=4))
    return Case(on_text('<TextArea name="c" toName="text"/>'), written(texts))


@st.composite
def labelled(draw: st.DrawFn) -> Case:
    values, text = draw(labels(at_least=1)), draw(TEXT)
    ends = st.lists(st.integers(0, len(text)), min_size=2, max_size=2, unique=True).map(sorted)
    spans = draw(st.sets(st.tuples(ends.map(tuple), st.sampled_from(values)), max_size=5))
    config = on_text(f'<Labels name="c" toName="text">{elements("Label", values)}</Labels>')
    return Case(config, written(sorted([*place, label] for place, label in spans)), text)


@st.composite
def of_regions(draw: st.DrawFn, cases: Callable[[], st.SearchStrategy[Case]]) -> Case:
    inner, marked = draw(cases()), draw(labelled())
    answer = written_regions(dict.fromkeys(spans_of(marked.answer), inner.answer))
    per_region = inner.config.replace(' name="c"', ' name="c" perRegion="true"')
    [marks] = re.findall("<Labels.*</Labels>", marked.config.replace(' name="c"', ' name="m"'))
    return Case(per_region.replace("</View>", f"{marks}</View>"), answer, marked.text)


OF_WHOLE: dict[str, Callable[[], st.SearchStrategy[Case]]] = {
    "Choices, single": single_choices,
    "Choices, multiple": multiple_choices,
    "Taxonomy": taxonomies,
    "Rating": ratings,
    "Pairwise": pairs,
    "Number": numbers,
    "TextArea": textareas,
    "Labels": labelled,
}
CASES = OF_WHOLE | {
    f"{name}, of regions": partial(of_regions, cases)
    for name, cases in OF_WHOLE.items()
    if name not in {"Pairwise", "Labels"}
}
MAY_BE_EMPTY = {Kind.SET, Kind.PATHS, Kind.SPANS}

of_every_control = pytest.mark.parametrize("cases", CASES.values(), ids=CASES.keys())
briefly = settings(max_examples=40)
Cases = Callable[[], st.SearchStrategy[Case]]

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 30)
    | st.floats()
    | st.sampled_from(["", " ", "left", "a", "1", "\x00"])
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=6,
)
KEYS = ("choices", "taxonomy", "rating", "selected", "number", "text", "start", "end", "labels")


def test_every_tag_has_a_case() -> None:
    assert {name.split(",")[0] for name in CASES} == set(CONTROLS)


@of_every_control
@briefly
@given(data=st.data())
def test_an_answer_survives_label_studio(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())

    assert case.control.decode([*case.beside, *case.regions]) == case.answer


@of_every_control
@briefly
@given(data=st.data())
def test_label_studio_s_own_check_accepts_what_is_written(
    cases: Cases, data: st.DataObject
) -> None:
    case = data.draw(cases())
    stored = {"result": [*case.beside, *case.regions], "model_version": "m"}

    errors = LabelInterface(case.config).validate_prediction(  # type: ignore[no-untyped-call]
        stored, return_errors=True
    )
    assert errors == []


@of_every_control
@briefly
@given(data=st.data())
def test_order_and_foreign_regions_do_not_matter(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    foreign: list[Any] = [
        {"from_name": "other", "to_name": "text", "type": "choices", "value": {"choices": ["x"]}},
        {"from_name": "c", "to_name": "text", "type": "brush", "value": {"rle": []}},
        {"type": "relation", "from_id": "a", "to_id": "b"},
        None,
    ]
    regions = data.draw(st.permutations([*case.beside, *case.regions, *foreign]))

    assert case.control.decode(regions) == case.answer


@of_every_control
@briefly
@given(data=st.data())
def test_an_empty_result_is_an_empty_answer_or_none(cases: Cases, data: st.DataObject) -> None:
    control = data.draw(cases()).control
    empty = "[]" if control.kind in MAY_BE_EMPTY | {Kind.REGIONS} else None

    assert control.decode([]) == empty


@of_every_control
@briefly
@given(data=st.data())
def test_nothing_is_no_answer_where_one_is_required(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    assume(case.is_asked)
    control = control_in(case.config.replace(' name="c"', ' name="c" required="true"'))
    nothing = case.changed(lambda _: "[]")

    assert control.required
    assert control.decode(case.beside) is None
    with pytest.raises(AnswerError):
        control.encode(nothing, case.text)


@of_every_control
@briefly
@given(data=st.data())
def test_a_region_without_a_value_is_refused(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    assume(case.is_asked)
    value: Any = data.draw(st.sampled_from([{}, None, [], "left", 1, {"value": "x"}]))

    with pytest.raises(AnswerError):
        case.control.decode([*case.beside, case.region(value)])


@of_every_control
@briefly
@given(data=st.data())
def test_what_is_read_out_of_any_region_is_an_answer(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    control, value = case.control, data.draw(st.dictionaries(st.sampled_from(KEYS), JSON) | JSON)

    answer = attempt(lambda: control.decode([*case.beside, case.region(value)]))

    if isinstance(answer, AnswerError):
        assert "\n" not in str(answer)
    elif answer is not None:
        regions = control.encode(answer, LONG_TEXT)
        assert control.decode([*beside(control, answer), *regions]) == answer


@of_every_control
@briefly
@given(data=st.data())
def test_what_can_be_written_is_read_back_as_the_same_string(
    cases: Cases, data: st.DataObject
) -> None:
    case = data.draw(cases())
    spaced = case.answer.replace(",", ", ")
    answer = data.draw(
        TEXT
        | JSON.map(json.dumps)
        | st.sampled_from([f" {case.answer}", f"{case.answer}\n", spaced, spaced[::-1], "[" * 9999])
    )

    regions = attempt(lambda: case.control.encode(answer, case.text))

    if isinstance(regions, AnswerError):
        assert "\n" not in str(regions)
    else:
        assert case.control.decode([*beside(case.control, answer), *regions]) == answer


@of_every_control
@briefly
@given(data=st.data())
def test_what_several_regions_say_is_joined_or_refused(cases: Cases, data: st.DataObject) -> None:
    case = data.draw(cases())
    assume(case.is_asked)
    twice = [*case.beside, *case.regions, *case.regions]

    if case.control.inner.kind in MAY_BE_EMPTY:
        assert case.control.decode(twice) == case.answer
    elif case.control.inner.kind is Kind.TEXT:
        assert case.control.decode(twice) == case.changed(
            lambda answer: written([*json.loads(answer), *json.loads(answer)])
        )
    else:
        with pytest.raises(AnswerError, match="where one is asked"):
            case.control.decode(twice)
